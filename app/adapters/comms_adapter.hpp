#pragma once
// What goes out: status updates that are owed, drafts of them, and the outbox.

#include <vector>

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "app/shell/actions.hpp"
#include "opsclient/comms.hpp"

namespace qd::app {

/// Status updates: what is owed of open incidents.
class StatusAdapter : public Domain {
    Q_OBJECT

public:
    StatusAdapter(OpsLink& link, QObject* parent = nullptr);
    /// The earliest due first.
    const std::vector<opsclient::StatusOwed>& owed() const { return owed_; }

    using Drafted = std::function<void(core::Result<opsclient::StatusDraft>)>;
    /// Answers to `context` only while it lives.
    void draft(const QString& incident, const QString& audience, QObject* context, Drafted done);
    /// `done` gets {"incident","seq","note"}.
    void post(const QString& incident, const QString& audience, const QString& text,
              std::optional<std::uint64_t> basedOn, Done done);

protected:
    void fetch() override;

private:
    OpsLink& link_;
    std::vector<opsclient::StatusOwed> owed_;
};

class OutboxAdapter : public Domain {
    Q_OBJECT

public:
    OutboxAdapter(OpsLink& link, QObject* parent = nullptr);
    const opsclient::Outbox& outbox() const { return outbox_; }
    const opsclient::OutboxEntry* find(std::uint64_t id) const;

    /// `done` gets {"entry": id}.
    void tryAgain(std::uint64_t id, Done done);
    void drop(std::uint64_t id, Done done);

protected:
    void fetch() override;

private:
    std::function<void(core::Result<opsclient::OutboxEntry>)> concluded(Done done);

    OpsLink& link_;
    opsclient::Outbox outbox_;
};

}  // namespace qd::app
