#include "platform/sys/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "core/types/check.h"

namespace ph {

namespace {

using Values = std::vector<std::string>;

bool snake_case(std::string_view text) {
  return !text.empty() && text[0] >= 'a' && text[0] <= 'z' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

// Printable ASCII, and not too long: a label never breaks the exposition.
std::string label_value(std::string_view text) {
  std::string out(text.substr(0, kLabelBytesMax));
  for (char& c : out) {
    if (c < ' ' || c > '~') c = '?';
  }
  return out;
}

// The series of one name that there are so far.
template <class T>
class Series {
 public:
  Series(prometheus::Family<T>& family, std::vector<std::string> labels)
      : family_(family), labels_(std::move(labels)) {}

  template <class... Arguments>
  T* with(LabelValues given, const Arguments&... arguments) {
    check(given.size() == labels_.size(), "a series has a value for each label");
    Values values;
    values.reserve(given.size());
    for (const std::string_view value : given)
      values.push_back(label_value(value));
    const std::lock_guard lock(mutex_);
    auto found = known_.find(values);
    if (found == known_.end() && known_.size() >= kSeriesPerFamilyMax) {
      values.assign(labels_.size(), "other");
      found = known_.find(values);
    }
    if (found != known_.end()) return found->second;
    prometheus::Labels labels;
    for (std::size_t i = 0; i < labels_.size(); ++i)
      labels.emplace(labels_[i], values[i]);
    return known_.emplace(std::move(values), &family_.Add(labels, arguments...)).first->second;
  }

 private:
  prometheus::Family<T>& family_;
  const std::vector<std::string> labels_;
  std::mutex mutex_{};
  std::map<Values, T*> known_{};
};

void check_names(const std::string& name, const std::string& help,
                 const std::vector<std::string>& labels, bool counter) {
  check(snake_case(name) && name.starts_with("pointhouse_"), "a metric is pointhouse_*");
  check(name.ends_with("_total") == counter, "counters, and they alone, end with _total");
  check(!help.empty(), "a metric has a help text");
  check(std::all_of(labels.begin(), labels.end(),
                    [](const std::string& label) {
                      return snake_case(label) && label != "le" && label != "quantile";
                    }),
        "labels are in snake_case");
}

}  // namespace

struct CounterFamily::Impl : Series<prometheus::Counter> {
  using Series::Series;
};
struct GaugeFamily::Impl : Series<prometheus::Gauge> {
  using Series::Series;
};
struct HistogramFamily::Impl : Series<prometheus::Histogram> {
  Impl(prometheus::Family<prometheus::Histogram>& family, std::vector<std::string> labels,
       std::vector<double> upper_bounds)
      : Series(family, std::move(labels)), bounds(std::move(upper_bounds)) {}
  const std::vector<double> bounds;
};

void Counter::add(std::uint64_t count) const {
  if (counter_ != nullptr) counter_->Increment(static_cast<double>(count));
}

void Counter::raise_to(std::uint64_t total) const {
  const std::uint64_t present = value();
  if (total > present) add(total - present);
}

std::uint64_t Counter::value() const {
  return counter_ == nullptr ? 0 : static_cast<std::uint64_t>(counter_->Value());
}

void Gauge::set(double value) const {
  if (gauge_ != nullptr) gauge_->Set(value);
}

void Gauge::add(double value) const {
  if (gauge_ != nullptr) gauge_->Increment(value);
}

double Gauge::value() const {
  return gauge_ == nullptr ? 0.0 : gauge_->Value();
}

void Histogram::observe(double value) const {
  if (histogram_ != nullptr) histogram_->Observe(value);
}

Counter CounterFamily::with(LabelValues values) const {
  return Counter(impl_->with(values));
}

Gauge GaugeFamily::with(LabelValues values) const {
  return Gauge(impl_->with(values));
}

Histogram HistogramFamily::with(LabelValues values) const {
  return Histogram(impl_->with(values, impl_->bounds));
}

struct Metrics::State {
  void take_name(const std::string& name) {
    check(names.insert(name).second, "a metric is registered once");
  }
  prometheus::Registry registry{};
  std::mutex mutex{};  // guards what follows
  std::set<std::string> names{};
  std::vector<std::unique_ptr<CounterFamily::Impl>> counters{};
  std::vector<std::unique_ptr<GaugeFamily::Impl>> gauges{};
  std::vector<std::unique_ptr<HistogramFamily::Impl>> histograms{};
  std::mutex collecting{};  // guards the collectors, and keeps them one at a time
  std::vector<std::function<void()>> collectors{};
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(const std::string& name, const std::string& help) {
  return counters(name, help, {}).with({});
}

Gauge Metrics::gauge(const std::string& name, const std::string& help) {
  return gauges(name, help, {}).with({});
}

Histogram Metrics::histogram(const std::string& name, const std::string& help,
                             const std::vector<double>& bounds) {
  return histograms(name, help, {}, bounds).with({});
}

CounterFamily Metrics::counters(const std::string& name, const std::string& help,
                                const std::vector<std::string>& labels) {
  check_names(name, help, labels, true);
  const std::lock_guard lock(state_->mutex);
  state_->take_name(name);
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(state_->registry);
  state_->counters.push_back(std::make_unique<CounterFamily::Impl>(family, labels));
  return CounterFamily(state_->counters.back().get());
}

GaugeFamily Metrics::gauges(const std::string& name, const std::string& help,
                            const std::vector<std::string>& labels) {
  check_names(name, help, labels, false);
  const std::lock_guard lock(state_->mutex);
  state_->take_name(name);
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry);
  state_->gauges.push_back(std::make_unique<GaugeFamily::Impl>(family, labels));
  return GaugeFamily(state_->gauges.back().get());
}

HistogramFamily Metrics::histograms(const std::string& name, const std::string& help,
                                    const std::vector<std::string>& labels,
                                    const std::vector<double>& bounds) {
  check_names(name, help, labels, false);
  check(!bounds.empty() && std::is_sorted(bounds.begin(), bounds.end()), "bounds ascend");
  const std::lock_guard lock(state_->mutex);
  state_->take_name(name);
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(state_->registry);
  state_->histograms.push_back(std::make_unique<HistogramFamily::Impl>(family, labels, bounds));
  return HistogramFamily(state_->histograms.back().get());
}

void Metrics::on_collect(std::function<void()> collect) {
  const std::lock_guard lock(state_->collecting);
  state_->collectors.push_back(std::move(collect));
}

std::string Metrics::text() {
  {
    const std::lock_guard lock(state_->collecting);
    for (const auto& collect : state_->collectors)
      collect();
  }
  std::vector<prometheus::MetricFamily> families = state_->registry.Collect();
  std::sort(families.begin(), families.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  for (prometheus::MetricFamily& family : families) {
    std::sort(family.metric.begin(), family.metric.end(),
              [](const auto& a, const auto& b) { return a.label < b.label; });
  }
  return prometheus::TextSerializer().Serialize(families);
}

const std::vector<double>& latency_bounds() {
  static const std::vector<double> bounds{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2,
                                          0.5,   1,     2,     5,    10,   30,   60,  120};
  return bounds;
}

}  // namespace ph
