#include "opsd/source_desk.hpp"

#include <algorithm>
#include <utility>

#include "core/executor.hpp"
#include "prometheus/promql.hpp"
#include "prometheus/raw_counters.hpp"
#include "slo/document.hpp"

namespace qd::opsd {
namespace {

using prometheus::SourceHealth;

constexpr std::size_t max_waiting = 10;  // rounds of answers, when nobody ticks
constexpr std::int64_t polls_until_stale = 3;

/// The question was wrong, not the one who was asked.
bool concerns_one_question(core::Errc code) {
    return code == core::Errc::invalid_argument || code == core::Errc::unprocessable ||
           code == core::Errc::too_large;
}

/// Of its window.
core::WallTime begin_of(const slo::Objective& objective, core::WallTime at) {
    if (const auto& calendar = objective.calendar)
        if (const auto period = slo::period_of(*calendar, at.time_since_epoch() / std::chrono::seconds(1)))
            return core::WallTime(std::chrono::seconds(period->from_s));
    return at - std::chrono::seconds(objective.window_s);
}

timeseries::Feed feed_of(const slo::SloId& slo, const prometheus::Answer& answer, core::WallTime at,
                         std::int64_t every_s) {
    timeseries::Feed feed{slo, at, every_s, {}};
    for (prometheus::RawCounters& process : prometheus::raw_counters(answer))
        feed.processes.push_back({{std::move(process.process), {}}, at, std::move(process.text)});
    return feed;
}

}  // namespace

SourceDesk::SourceDesk(Context& context, timeseries::Store& store,
                       const std::vector<prometheus::SourceOptions>& options)
    : context_(context), store_(store), backfill_(context, store) {
    for (const prometheus::SourceOptions& source : options) {
        auto& polled =
            *polled_.emplace_back(std::make_unique<Polled>(source, context.client(), context.clock()));
        polled.every_s = source.poll.count();
        for (const slo::Objective& objective : store.objectives()) {
            if (objective.source != source.name || objective.group) continue;
            auto query = prometheus::raw_query(objective.indicator);
            polled.questions.push_back(
                {objective, query ? *query : std::string(), query ? std::string() : query.error().message});
            by_objective_[objective.id.value] = &polled;
        }
        for (Question& question : polled.questions)
            question.shared = std::ranges::count(polled.questions, question.query, &Question::query) > 1;
    }
    site_.name = slo::site_source;
    site_.kind = "scrape";
    site_.health = "unknown";
}

void SourceDesk::start() {
    for (const auto& polled : polled_)
        if (!polled->questions.empty())
            polled->thread = std::thread([this, &polled = *polled] {
                core::name_this_thread("opsd-source");
                run(polled);
            });
    if (!by_objective_.empty()) backfill_.start();
}

void SourceDesk::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (const auto& polled : polled_) polled->source.stop();
    for (const auto& polled : polled_)
        if (polled->thread.joinable()) polled->thread.join();
    backfill_.stop();
}

void SourceDesk::run(Polled& polled) {
    using namespace std::chrono;
    const auto stopping = [this] { return stopping_; };
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        lock.unlock();
        const auto began = steady_clock::now();
        ask_all(polled);
        const auto took = steady_clock::now() - began;
        lock.lock();
        // A source is busy with us for half its time at most.
        const auto pause = std::max<steady_clock::duration>(polled.source.options().poll - took, took);
        polled.every_s =
            std::max<std::int64_t>(polled.source.options().poll.count(), ceil<seconds>(took + pause).count());
        wake_.wait_for(lock, pause, stopping);
    }
}

void SourceDesk::poll() {
    for (const auto& polled : polled_) ask_all(*polled);
}

void SourceDesk::ask_all(Polled& polled) {
    std::map<std::string, prometheus::Answer> known;
    for (std::size_t i = 0; i < polled.questions.size(); ++i)
        if (!ask(polled, i, known)) return;
}

bool SourceDesk::ask(Polled& polled, std::size_t index, std::map<std::string, prometheus::Answer>& known) {
    Question& question = polled.questions[index];
    if (question.query.empty()) return true;
    auto answer = known.find(question.query);
    if (answer == known.end()) {
        auto asked = polled.source.instant(question.query);
        const std::lock_guard lock(mutex_);
        if (!asked) {
            const bool alone = concerns_one_question(asked.error().code);
            if (alone) remark(question, question.refused, asked.error().message);
            return alone && !stopping_;
        }
        answer = known.emplace(question.query, std::move(*asked)).first;
    }
    auto feed = feed_of(question.objective.id, answer->second, context_.clock().now(), polled.every_s);
    const std::string warning = answer->second.partial() ? answer->second.warnings.front() : std::string();
    if (!question.shared) known.erase(answer);
    const std::lock_guard lock(mutex_);
    question.refused.clear();
    question.warning = warning;
    question.empty = feed.processes.empty();
    if (!question.empty) note_counted(polled, question, feed.at);
    if (polled.came.size() < max_waiting * polled.questions.size()) polled.came.push_back(std::move(feed));
    return !stopping_;
}

void SourceDesk::note_counted(Polled& polled, Question& question, core::WallTime at) {
    const auto known = std::exchange(question.counted_at, at);
    // What is shorter is counted by what the counters have grown.
    if (known && at - *known <= timeseries::Store::longest_feed_gap) return;
    for (const slo::Objective& objective : store_.objectives())
        if (objective.id == question.objective.id ||
            (objective.group && objective.group->of == question.objective.id))
            backfill_.want(polled.source, objective, known.value_or(begin_of(objective, at)), at);
}

void SourceDesk::adopt(const slo::Objective& group) {
    const auto parent = group.group ? by_objective_.find(group.group->of.value) : by_objective_.end();
    if (parent == by_objective_.end()) return;
    const core::WallTime now = context_.clock().now();
    backfill_.want(parent->second->source, group, begin_of(group, now), now);
}

void SourceDesk::remark(const Question& question, std::string& place, std::string reason) {
    if (place == reason) return;
    if (!reason.empty())
        context_.log().error("an objective's counters are refused",
                             {{"slo", question.objective.id.value}, {"error", reason}});
    place = std::move(reason);
}

void SourceDesk::deliver() {
    for (const auto& polled : polled_) {
        std::vector<timeseries::Feed> came;
        {
            const std::lock_guard lock(mutex_);
            came.swap(polled->came);
        }
        for (const timeseries::Feed& feed : came) {
            const auto counted = store_.take(feed);
            const std::lock_guard lock(mutex_);
            const auto question = std::ranges::find_if(
                polled->questions, [&](const Question& one) { return one.objective.id == feed.slo; });
            if (question != polled->questions.end())
                remark(*question, question->uncounted, counted ? std::string() : counted.error().message);
        }
    }
    watch_site();
}

void SourceDesk::annotate(const slo::Objective& objective, slo::Reading& reading) const {
    const slo::SloId& asked = objective.group ? objective.group->of : objective.id;
    const auto found = by_objective_.find(asked.value);
    if (found == by_objective_.end()) return;
    const Polled& polled = *found->second;
    const std::string& name = polled.source.options().name;
    const prometheus::SourceState state = polled.source.state();
    const auto tell = [&](std::string_view reason) {
        std::string text = fmt::format("source '{}': {}", name, reason);
        if (std::ranges::find(reading.reasons, text) == reading.reasons.end())
            reading.reasons.push_back(std::move(text));
    };
    for (const std::string& reason : state.reasons) tell(reason);
    reading.partial = state.health == SourceHealth::skewed;
    const std::lock_guard lock(mutex_);
    const auto question = std::ranges::find_if(
        polled.questions, [&](const Question& one) { return one.objective.id == asked; });
    if (question == polled.questions.end()) return;
    reading.stale_after_s = std::max(slo::stale_after_s, polls_until_stale * polled.every_s);
    if (!question->warning.empty()) {
        reading.partial = true;
        tell("its answers may be partial: " + question->warning);
    }
    if (!question->refused.empty())
        reading.reasons.push_back(question->refused);
    else if (!question->uncounted.empty())
        tell(question->uncounted);
    else if (question->empty && state.health != SourceHealth::lost)
        tell("it has no series that this counts");
}

void SourceDesk::watch_site() {
    SourceView now;
    std::size_t up = 0;
    const auto targets = store_.targets();
    for (const auto& [instance, target] : targets) {
        up += target.up;
        if (!target.up && now.reasons.size() < 20) now.reasons.push_back(instance + ": " + target.error);
        if (target.last_success) now.answered_at = std::max(now.answered_at, target.last_success);
    }
    const auto health = targets.empty()        ? SourceHealth::unknown
                        : up == targets.size() ? SourceHealth::up
                        : up == 0              ? SourceHealth::lost
                                               : SourceHealth::partial;
    const std::lock_guard lock(mutex_);
    if (site_.health != to_string(health) || !site_.since) site_.since = context_.clock().now();
    site_.health = to_string(health);
    site_.reasons = std::move(now.reasons);
    if (now.answered_at) site_.answered_at = now.answered_at;
}

std::vector<SourceView> SourceDesk::list() const {
    std::vector<SourceView> views;
    {
        const std::lock_guard lock(mutex_);
        views.push_back(site_);
    }
    const auto objectives = store_.objectives();
    const auto readers = [&](const std::string& source) {
        std::vector<std::string> ids;
        for (const slo::Objective& objective : objectives)
            if (objective.source == source) ids.push_back(objective.id.value);
        return ids;
    };
    views.front().objectives = readers("");
    for (const auto& polled : polled_) {
        const prometheus::SourceState state = polled->source.state();
        SourceView& view = views.emplace_back();
        view.name = polled->source.options().name;
        view.kind = "prometheus";
        view.url = polled->source.options().access.url;
        view.health = to_string(state.health);
        view.reasons = state.reasons;
        if (state.health != SourceHealth::unknown) view.since = state.since;
        view.answered_at = state.answered_at;
        if (state.answered_at) view.took_s = state.took.count();
        if (state.ahead) view.ahead_s = state.ahead->count();
        view.objectives = readers(view.name);
        view.backfill = backfill_.state(view.name);
    }
    return views;
}

}  // namespace qd::opsd
