#pragma once
#include "app/models/keyed_table_model.hpp"
#include "app/models/values.hpp"
#include "opsclient/comms.hpp"

namespace qd::app {

/// Messages on their way out, the newest first. Its key is the entry's number.
class OutboxModel : public KeyedTableModel<opsclient::OutboxEntry> {
public:
    enum ColumnIndex : int { State, What, To, Attempts, Age, Next, Error, ColumnCount };
    explicit OutboxModel(QObject* parent = nullptr);
    /// Ages and times to come are told anew.
    void tick();
};

/// Of an entry: "Sent", "Queued", …; one that waits for another attempt says so.
Wording wordOf(const opsclient::OutboxEntry& entry);
/// "chat (Slack)".
QString wordsOf(const opsclient::Recipient& recipient);

}  // namespace qd::app
