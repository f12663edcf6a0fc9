// The executable's entry.
#include <cstdio>

int main() {
  std::puts("pointhouse " PH_VERSION);
  return 0;
}
