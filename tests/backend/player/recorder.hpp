#pragma once
// A player session on a fake network, with everything it said.

#include <memory>
#include <string>
#include <vector>

#include "backend/player/fake_network.hpp"
#include "player/session.hpp"

namespace qd::test {

class Recorder final : public player::SessionObserver {
public:
    void on_presentation(const player::PresentationInfo& info) override { presentations.push_back(info); }
    void on_available() override { ++available; }
    void on_fetch(const player::FetchRecord& record) override { fetches.push_back(record); }
    void on_decision(const player::AbrDecision& decision) override { decisions.push_back(decision); }
    void on_skipped(const player::SkippedSegment& segment) override { skipped.push_back(segment); }
    void on_notice(const player::Notice& notice) override { notices.push_back(notice); }
    void on_failed(const core::Error& error) override { failures.push_back(error); }

    std::size_t failed_fetches() const {
        return std::size_t(
            std::count_if(fetches.begin(), fetches.end(), [](const auto& f) { return f.error.has_value(); }));
    }

    std::size_t noticed(std::string_view code) const {
        return std::size_t(
            std::count_if(notices.begin(), notices.end(), [&](const auto& n) { return n.code == code; }));
    }
    /// Why fetches failed, each reason in a line.
    std::string reasons() const {
        std::string text;
        for (const player::FetchRecord& record : fetches)
            if (record.error) text += record.error->message + '\n';
        return text;
    }

    std::vector<player::PresentationInfo> presentations;
    std::vector<player::Notice> notices;
    int available = 0;
    std::vector<player::FetchRecord> fetches;
    std::vector<player::AbrDecision> decisions;
    std::vector<player::SkippedSegment> skipped;
    std::vector<core::Error> failures;
};

struct SessionRig {
    explicit SessionRig(FakeTitle what = {}) : title(std::move(what)) {
        network.handler = [this](const http::ClientRequest& request) { return title.answer(request); };
        session = std::make_unique<player::PlayerSession>(network, executor, clock, random, &seen);
    }

    void run(double seconds) { network.run_for(std::chrono::milliseconds(std::int64_t(seconds * 1000))); }
    /// Plays along: takes what is there, at media pace, for `seconds`. Returns what was taken.
    std::vector<player::MediaSegment> play(double seconds) {
        std::vector<player::MediaSegment> taken;
        for (double passed = 0; passed < seconds; passed += 0.1) {
            while (true) {
                player::Pull pull = session->pull();
                last = pull.state;
                if (pull.state != player::PullState::segment) break;
                if (pull.segment.follows_gap) position = std::max(position, pull.segment.start.count());
                end = (pull.segment.start + pull.segment.duration).count();
                taken.push_back(std::move(pull.segment));
            }
            position = std::min(end, position + 0.1);
            session->set_playhead(core::Seconds(position), position < end ? 1 : 0);
            run(0.1);
        }
        return taken;
    }

    FakeTitle title;
    ManualExecutor executor;
    FakeClock clock;
    core::SeededRandom random{1};
    FakeNetwork network{executor, clock};
    Recorder seen;
    std::unique_ptr<player::PlayerSession> session;
    double position = 0, end = 0;
    player::PullState last = player::PullState::waiting;
};

}  // namespace qd::test
