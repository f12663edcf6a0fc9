// What a process counts and measures, for Prometheus. Names are `pointhouse_*` in base units
// (`_seconds`, `_bytes`), counters end with `_total`; a label takes few values, and each family has
// a limit of them. Any thread may use all of it. A metric decides nothing.
//
//   Metrics metrics;
//   const CounterFamily refused = metrics.counters(
//       "pointhouse_batches_refused_total", "Batches refused, by code.", {"sender", "code"});
//   refused.with({"P01", "MALFORMED"}).add();
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace ph {

inline constexpr std::size_t kSeriesPerFamilyMax = 256;
inline constexpr std::size_t kLabelBytesMax = 128;
inline constexpr std::string_view kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

// Handles of one series: cheap to copy, valid as long as the registry. One that was made by default
// takes what it is given and forgets it.
class Counter {
 public:
  Counter() = default;
  void add(std::uint64_t count = 1) const;
  // To the total that somebody else counts; never down. One thread at a time.
  void raise_to(std::uint64_t total) const;
  [[nodiscard]] std::uint64_t value() const;

 private:
  friend class CounterFamily;
  explicit Counter(prometheus::Counter* counter) : counter_(counter) {}
  prometheus::Counter* counter_{};
};

class Gauge {
 public:
  Gauge() = default;
  void set(double value) const;
  template <std::integral T>
  void set(T value) const {
    set(static_cast<double>(value));
  }
  void add(double value) const;
  [[nodiscard]] double value() const;

 private:
  friend class GaugeFamily;
  explicit Gauge(prometheus::Gauge* gauge) : gauge_(gauge) {}
  prometheus::Gauge* gauge_{};
};

class Histogram {
 public:
  Histogram() = default;
  void observe(double value) const;

 private:
  friend class HistogramFamily;
  explicit Histogram(prometheus::Histogram* histogram) : histogram_(histogram) {}
  prometheus::Histogram* histogram_{};
};

using LabelValues = std::initializer_list<std::string_view>;

// A name with labels. `with` takes a value for each label, in their order. Beyond the limit of a
// family all further series are one, whose labels are `other`.
class CounterFamily {
 public:
  struct Impl;
  [[nodiscard]] Counter with(LabelValues values) const;

 private:
  friend class Metrics;
  explicit CounterFamily(Impl* impl) : impl_(impl) {}
  Impl* impl_;
};
class GaugeFamily {
 public:
  struct Impl;
  [[nodiscard]] Gauge with(LabelValues values) const;

 private:
  friend class Metrics;
  explicit GaugeFamily(Impl* impl) : impl_(impl) {}
  Impl* impl_;
};
class HistogramFamily {
 public:
  struct Impl;
  [[nodiscard]] Histogram with(LabelValues values) const;

 private:
  friend class Metrics;
  explicit HistogramFamily(Impl* impl) : impl_(impl) {}
  Impl* impl_;
};

// The registry. A name is registered once; a name or label against the rules above is our bug.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  [[nodiscard]] Counter counter(const std::string& name, const std::string& help);
  [[nodiscard]] Gauge gauge(const std::string& name, const std::string& help);
  // `bounds` ascend: the upper bounds of the buckets.
  [[nodiscard]] Histogram histogram(const std::string& name, const std::string& help,
                                    const std::vector<double>& bounds);
  [[nodiscard]] CounterFamily counters(const std::string& name, const std::string& help,
                                       const std::vector<std::string>& labels);
  [[nodiscard]] GaugeFamily gauges(const std::string& name, const std::string& help,
                                   const std::vector<std::string>& labels);
  [[nodiscard]] HistogramFamily histograms(const std::string& name, const std::string& help,
                                           const std::vector<std::string>& labels,
                                           const std::vector<double>& bounds);

  // Called before each exposition, by the thread that asks for it: to set what is only then worth
  // reading. It must not ask for `text`.
  void on_collect(std::function<void()> collect);
  // The text exposition, series in the order of their labels.
  [[nodiscard]] std::string text();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Seconds from 1 ms to 2 min.
[[nodiscard]] const std::vector<double>& latency_bounds();

}  // namespace ph
