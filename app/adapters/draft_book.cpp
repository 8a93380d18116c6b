#include "app/adapters/draft_book.hpp"

namespace qd::app {
void DraftBook::open(Entries kept) {
    draft_.reset();
    underWay_.clear();
    entries_ = std::move(kept);
}

void DraftBook::take(const postmortems::Draft& draft) {
    draft_ = draft;
    for (const postmortems::Section& section : draft.sections) meet(section);
}

void DraftBook::meet(const postmortems::Section& section) {
    const auto at = entries_.find(section.id);
    if (at == entries_.end()) return;
    Entry& mine = at->second;
    const QString theirs = QString::fromStdString(section.current.text);
    const bool settled = !mine.settling || section.conflicts.empty();
    if (mine.text == theirs && settled && underWay_ != section.id) {
        entries_.erase(at);
        return;
    }
    if (section.current.seq == mine.basedOn) {
        mine.saved = theirs;
        return;
    }
    if (mine.sent && *mine.sent == theirs) {  // mine, and I have typed on since
        mine.basedOn = section.current.seq;
        mine.saved = theirs;
        mine.settling = false;
        mine.settles.clear();
        return;
    }
    mine.behind = true;
    mine.settling = false;
}

QString DraftBook::text(const std::string& section) const {
    if (const Entry* mine = entry(section)) return mine->text;
    const postmortems::Section* found = draft_ ? postmortems::find_section(*draft_, section) : nullptr;
    return found ? QString::fromStdString(found->current.text) : QString();
}

void DraftBook::edit(const std::string& section, const QString& text) {
    const postmortems::Section* found = draft_ ? postmortems::find_section(*draft_, section) : nullptr;
    if (!found || this->text(section) == text) return;
    const QString theirs = QString::fromStdString(found->current.text);
    const auto [at, fresh] =
        entries_.try_emplace(section, Entry{text, theirs, found->current.seq, {}, false, {}, false});
    at->second.text = text;
    const bool back = text == at->second.saved && !at->second.behind && !at->second.settling;
    if (back && underWay_ != section) entries_.erase(at);
}

const DraftBook::Entry* DraftBook::entry(const std::string& section) const {
    const auto at = entries_.find(section);
    return at == entries_.end() ? nullptr : &at->second;
}

std::string DraftBook::firstBehind() const {
    for (const auto& [section, mine] : entries_)
        if (mine.behind) return section;
    return {};
}

std::optional<postmortems::SaveRequest> DraftBook::begin() {
    if (!underWay_.empty() || !draft_ || !postmortems::is_editable(draft_->state)) return std::nullopt;
    for (auto& [section, mine] : entries_) {
        if (mine.behind || !postmortems::find_section(*draft_, section)) continue;
        underWay_ = section;
        mine.sent = mine.text;
        postmortems::SaveRequest request;
        request.section = section;
        request.text = mine.text.toStdString();
        request.based_on = mine.basedOn;
        request.autosave = !mine.settling;
        request.settles = mine.settles;
        return request;
    }
    return std::nullopt;
}

void DraftBook::answered() {
    underWay_.clear();
}

void DraftBook::failed() {
    if (const auto at = entries_.find(underWay_); at != entries_.end()) at->second.sent.reset();
    underWay_.clear();
}

void DraftBook::settle(const std::string& section, const QString& text) {
    const postmortems::Section* found = draft_ ? postmortems::find_section(*draft_, section) : nullptr;
    if (!found) return;
    Entry& mine = entries_[section];
    mine = Entry{text, QString::fromStdString(found->current.text), found->current.seq, {}, false, {}, true};
    for (const postmortems::SectionVersion& other : found->conflicts) mine.settles.push_back(other.seq);
    if (mine.settles.empty() && mine.text == mine.saved) entries_.erase(section);
}

void DraftBook::takeTheirs(const std::string& section) {
    const postmortems::Section* found = draft_ ? postmortems::find_section(*draft_, section) : nullptr;
    if (found) settle(section, QString::fromStdString(found->current.text));
}

}  // namespace qd::app
