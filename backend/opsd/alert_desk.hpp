#pragma once
// All alerts at one place: those of our objectives and those of Alertmanagers. A silenced alert stays in
// sight, and nobody is told of it and no incident opened for it; when its silence ends and it still fires,
// that is made up for.

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "alertmanager/alert.hpp"
#include "incidents/engine/incident_desk.hpp"
#include "opsd/context.hpp"
#include "opsd/intake_file.hpp"
#include "opsd/silence_desk.hpp"
#include "slo/alert.hpp"

namespace qd::opsd {

/// The source of a webhook that no configured Alertmanager can be named for.
inline constexpr std::string_view unnamed_source = "webhook";

/// An alert of ours as silences match it: with the labels that an Alertmanager is sent.
silences::Alert seen_alert(const slo::Alert& alert);

/// Thread-safe, but for tick(), which belongs to the ticking thread. What is passed outlives the desk.
class AlertDesk {
public:
    using HandOn = std::function<core::Result<>(const slo::Alert&)>;
    using OwnAlerts = std::function<std::vector<slo::Alert>()>;

    AlertDesk(Context& context, incidents::IncidentDesk& incidents, SilenceDesk& silences, IntakeFile& file,
              OwnAlerts own);
    /// Takes up the alerts of others that the last run knew.
    core::Result<> restore();

    /// What hears of our alerts from now on: `hand_on`, unless they are silenced.
    HandOn unless_silenced(HandOn hand_on);

    struct Received {
        std::size_t taken = 0;  // begun, ended or changed
        std::size_t known = 0;  // told before
        std::size_t ours = 0;   // sent there by ourselves
    };
    /// A webhook of the Alertmanager `source`: on the disk when it returns, and in its incident unless that
    /// fails, which is tried again. Errc::io, no_space or unavailable: it is to be sent again.
    core::Result<Received> receive(const alertmanager::Webhook& webhook, const std::string& source);
    /// All that the Alertmanager `source` held when it was asked, at `asked_at`. What it held before and does
    /// not any more has ended: of silenced alerts it sends no other word.
    core::Result<> took(const std::string& source, const std::vector<alertmanager::Alert>& held,
                        core::WallTime asked_at);
    /// Hands on what is not silenced any more, and what could not be handed on before.
    void tick();

    /// Those that fire, then those that ended, the latest first, at most 500 of them.
    std::vector<silences::Alert> list() const;
    std::vector<silences::Alert> firing() const;

private:
    struct Foreign {
        silences::Alert alert;
        core::WallTime seen_at{};  // when its source was asked, or told of it, the last time
        bool opens = true;         // an incident
        bool handed_on = false;    // its beginning
        bool end_handed_on = false;
    };
    using ForeignAlerts = std::map<std::string, Foreign>;  // by alertmanager::id_of()

    enum class Told { nothing, something };
    Told take(const alertmanager::Alert& alert, const std::string& source, const alertmanager::Webhook* group,
              core::WallTime at, bool polled, std::vector<silences::Alert>& changed);
    core::Result<> keep(const std::vector<silences::Alert>& changed);
    void forget_old();  // with the lock held
    void settle();
    void complete(silences::Alert& alert) const;

    Context& context_;
    incidents::IncidentDesk& incidents_;
    SilenceDesk& silences_;
    IntakeFile& file_;
    const OwnAlerts own_;
    HandOn hand_on_;

    mutable std::mutex mutex_;
    ForeignAlerts foreign_;
    std::map<std::string, slo::Alert> held_;  // ours that fire and are silenced, by id
    std::map<std::string, silences::Alert> unsaved_;
};

}  // namespace qd::opsd
