#pragma once
// What a person is writing, section by section, against what opsd has: what to send, what is in effect, and
// where another hand was first. Pure; the same rules hold for typing, for a lost connection and for texts
// found again after the console was killed.

#include <QString>
#include <map>
#include <optional>

#include "postmortems/draft.hpp"
#include "postmortems/requests.hpp"

namespace qd::app {

class DraftBook {
public:
    /// A text that is not in effect at opsd.
    struct Entry {
        QString text;
        QString saved;                // what it was made from
        std::uint64_t basedOn = 0;    // SectionVersion::seq of that
        std::optional<QString> sent;  // under way, or answered last
        /// Another text came into effect meanwhile: nothing is sent until a person has chosen.
        bool behind = false;
        std::vector<std::uint64_t> settles;
        bool settling = false;  // goes out even where it says the same

        bool operator==(const Entry&) const = default;
    };
    using Entries = std::map<std::string, Entry>;

    /// Another document; `kept` is what was found on this computer for it.
    void open(Entries kept);
    /// What opsd has now. Sections nobody writes in follow it; a text under way is settled by it.
    void take(const postmortems::Draft& draft);
    bool isOpen() const { return draft_.has_value(); }

    /// As it is to be shown: mine where I write, else what is in effect.
    QString text(const std::string& section) const;
    void edit(const std::string& section, const QString& text);

    const Entries& entries() const { return entries_; }
    /// nullptr: what is shown is in effect.
    const Entry* entry(const std::string& section) const;
    bool isUnsaved() const { return !entries_.empty(); }
    /// The first section where another hand was first; empty: none.
    std::string firstBehind() const;

    /// The next text to send, one at a time; nothing while one is under way or all that is left waits for a
    /// person.
    std::optional<postmortems::SaveRequest> begin();
    /// The answer to begin()'s; take() with what it told comes after.
    void answered();
    /// It did not arrive: it is offered again by begin().
    void failed();
    bool isSending() const { return !underWay_.empty(); }

    /// Settles a section with this text: it replaces what is in effect and takes up what was kept beside.
    void settle(const std::string& section, const QString& text);
    /// Mine is dropped.
    void takeTheirs(const std::string& section);

private:
    void meet(const postmortems::Section& section);

    std::optional<postmortems::Draft> draft_;
    Entries entries_;
    std::string underWay_;
};

}  // namespace qd::app
