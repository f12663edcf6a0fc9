"""What the checks share: walking the tree, blanking comments and strings, reporting faults."""

import argparse
import os
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True

CODE = (".h", ".cpp")
SKIPPED_FOLDERS = {".git", ".cache", "build", "node_modules", "__pycache__"}
SIZE_MAX = 2_000_000  # A larger file is data; no rule here is about data.

_COMMENT_OR_STRING = re.compile(
    r"//[^\n]*"
    r"|/\*.*?\*/"
    r'|R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'",  # Not the marks within 1'000.
    re.DOTALL,
)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def _blanked(match):
    text = match.group(0)
    keep = text[0] if text[0] in "\"'" else " "
    inner = re.sub(r"[^\n]", " ", text[1:-1])
    return keep + inner + (keep if len(text) > 1 else "")


def without_comments_and_strings(text):
    """The C++ text with the same lines and columns, comments and literals blanked."""
    return _COMMENT_OR_STRING.sub(_blanked, text)


def without_comments(text):
    return _COMMENT_OR_STRING.sub(
        lambda m: _blanked(m) if m.group(0).startswith(("//", "/*")) else m.group(0), text
    )


def includes(text):
    """(line, quoted, path) of each #include."""
    text = without_comments(text)
    return [
        (line_of(text, m.start(2)), m.group(1) == '"', m.group(2)) for m in _INCLUDE.finditer(text)
    ]


def line_of(text, position):
    return text.count("\n", 0, position) + 1


class Tree:
    """The project's files and the faults found in them."""

    def __init__(self, root):
        self.root = Path(root)
        self.faults = []
        self.read = 0

    def files(self, *folders):
        """Relative paths of all files, or of those below the folders, sorted."""
        found = []
        for folder in folders or (".",):
            for directory, names, files in os.walk(self.root / folder):
                names[:] = [n for n in names if n not in SKIPPED_FOLDERS]
                files = [f for f in files if f != ".git"]  # A work tree of its own has a file.
                found += [Path(directory, f).relative_to(self.root).as_posix() for f in files]
        return sorted(found)

    def code(self, *folders):
        return [f for f in self.files(*folders) if f.endswith(CODE)]

    def text(self, path):
        """The file's text; None when it is data (not UTF-8, or very large)."""
        self.read += 1
        full = self.root / path
        try:
            if full.is_symlink() or full.stat().st_size > SIZE_MAX:
                return None
            return full.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):  # Gone since the walk: an editor's file.
            return None

    def fault(self, path, line, message):
        self.faults.append(f"{path}:{line}: {message}")


def main(description, check):
    """Runs check(tree) over the project, or over --root DIR; ends with 1 when it found faults."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", default=Path(__file__).resolve().parents[2], metavar="DIR")
    tree = Tree(parser.parse_args().root)
    check(tree)
    name = Path(sys.argv[0]).name
    for fault in tree.faults:
        print(fault)
    print(f"{name}: {tree.read} files read, {len(tree.faults) or 'no'} faults")
    sys.exit(1 if tree.faults else 0)
