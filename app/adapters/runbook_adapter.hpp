#pragma once
// The library of runbooks, and those of one incident with what has been done of them.

#include <functional>
#include <vector>

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "incidents/incident.hpp"
#include "opsclient/runbooks.hpp"
#include "runbooks/guide.hpp"

namespace qd::app {

class RunbookAdapter : public Domain {
    Q_OBJECT

public:
    explicit RunbookAdapter(OpsLink& link, QObject* parent = nullptr);

    /// Without their Markdown.
    const std::vector<opsclient::RunbookEntry>& entries() const { return entries_; }

    using EntryDone = std::function<void(core::Result<opsclient::RunbookEntry>)>;
    /// The whole of one; `done` runs on the UI thread while `context` lives and `latest` is not asked anew.
    void whole(const runbooks::RunbookId& id, QObject* context, Latest& latest, EntryDone done);

protected:
    void fetch() override;

private:
    OpsLink& link_;
    std::vector<opsclient::RunbookEntry> entries_;
};

/// Of one incident, for as long as somebody looks.
class GuideAdapter : public Domain {
    Q_OBJECT

public:
    GuideAdapter(OpsLink& link, const QString& incident, QObject* parent = nullptr);

    /// Those that apply first.
    const std::vector<runbooks::Guide>& guides() const { return guides_; }

    using AnswerDone = std::function<void(core::Result<runbooks::RunAnswer>)>;
    /// Asks what would be sent, or (with confirm) does it. `done` runs on the UI thread while this lives.
    void run(const runbooks::RunbookId& runbook, const std::string& step, const runbooks::RunRequest& request,
             AnswerDone done);

protected:
    void fetch() override;

private:
    OpsLink& link_;
    const incidents::IncidentId incident_;
    std::vector<runbooks::Guide> guides_;
};

}  // namespace qd::app
