#include "app/models/journal_model.hpp"

#include <QFont>
#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string_view>

#include "app/models/event_words.hpp"
#include "app/models/keyed_table_model.hpp"
#include "app/models/values.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;
using incidents::Event;

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
}

/// Bytes against bytes: a hundred thousand rows are searched between two keys. Letters beyond ASCII are found
/// as they are written.
bool holds(const std::string& text, const std::string& needle) {
    return std::search(text.begin(), text.end(), needle.begin(), needle.end(),
                       [](char a, char b) { return lower(a) == b; }) != text.end();
}

bool holds(const Event& event, const std::string& needle) {
    const auto& body = event.body;
    for (const std::string* text : {&body.text, &body.title, &body.person, &body.role, &body.url,
                                    &body.subject, &body.phase, &body.purpose, &event.actor})
        if (holds(*text, needle)) return true;
    return holds(std::string(incidents::to_string(event.kind)), needle) ||
           (body.state && holds(std::string(incidents::to_string(*body.state)), needle));
}

}  // namespace

JournalModel::JournalModel(QObject* parent) : QAbstractTableModel(parent) {}

void JournalModel::setJournal(const IncidentJournal& journal, const incidents::Incident& incident) {
    pins_.clear();
    pinned_.clear();
    for (const std::uint64_t seq : incident.pinned)
        if (const int row = journal.rowOf(seq);
            row >= 0 && !pinned_.contains(journal.key(std::size_t(row)))) {
            pins_.push_back(journal.key(std::size_t(row)));
            pinned_.insert(pins_.back());
        }
    conflicts_ = incident.conflicts;
    show(journal);
}

void JournalModel::setFilter(const JournalFilter& filter) {
    if (filter == filter_) return;
    filter_ = filter;
    show(journal_);
}

std::vector<std::uint64_t> JournalModel::wanted(const IncidentJournal& journal) const {
    const auto fits = [&](std::size_t row) {
        const Event& event = journal.current(row);
        return (!filter_.kind || event.kind == *filter_.kind) &&
               (filter_.actor.empty() || event.actor == filter_.actor);
    };
    std::vector<std::uint64_t> keys;
    keys.reserve(journal.size());
    for (const std::uint64_t key : pins_)
        if (const int row = journal.rowOf(key); row >= 0 && fits(std::size_t(row))) keys.push_back(key);
    for (std::size_t row = journal.size(); row-- > 0;)
        if (fits(row) && !pinned_.contains(journal.key(row))) keys.push_back(journal.key(row));
    return keys;
}

void JournalModel::show(const IncidentJournal& journal) {
    const std::vector<std::uint64_t> next = wanted(journal);
    const auto [oldFirst, newFirst] = std::ranges::mismatch(keys_, next);
    const auto first = std::size_t(oldFirst - keys_.begin());
    std::size_t oldEnd = keys_.size(), newEnd = next.size();
    while (oldEnd > first && newEnd > first && keys_[oldEnd - 1] == next[newEnd - 1]) --oldEnd, --newEnd;
    // Rows that go are taken away while the old journal still tells of them, new ones come with the new one.
    if (oldEnd > first) {
        beginRemoveRows({}, int(first), int(oldEnd) - 1);
        keys_.erase(keys_.begin() + std::ptrdiff_t(first), keys_.begin() + std::ptrdiff_t(oldEnd));
        endRemoveRows();
    }
    journal_ = journal;
    if (newEnd > first) {
        beginInsertRows({}, int(first), int(newEnd) - 1);
        keys_.insert(keys_.begin() + std::ptrdiff_t(first), next.begin() + std::ptrdiff_t(first),
                     next.begin() + std::ptrdiff_t(newEnd));
        endInsertRows();
    }
    if (!keys_.empty()) emit dataChanged(index(0, 0), index(int(keys_.size()) - 1, ColumnCount - 1));
}

std::uint64_t JournalModel::keyAt(int row) const {
    return row >= 0 && row < int(keys_.size()) ? keys_[std::size_t(row)] : 0;
}

int JournalModel::rowOf(std::uint64_t seq) const {
    const int row = journal_.rowOf(seq);
    if (row < 0) return -1;
    const auto at = std::ranges::find(keys_, journal_.key(std::size_t(row)));
    return at == keys_.end() ? -1 : int(at - keys_.begin());
}

std::vector<int> JournalModel::search(const QString& text) const {
    std::vector<int> found;
    std::string needle = text.trimmed().toStdString();
    if (needle.empty()) return found;
    std::ranges::transform(needle, needle.begin(), lower);
    for (std::size_t at = 0; at < keys_.size(); ++at)
        if (holds(journal_.current(std::size_t(journal_.rowOf(keys_[at]))), needle)) found.push_back(int(at));
    return found;
}

QStringList JournalModel::actors() const {
    // Asked anew with each event: no string is copied but for the few that are new.
    std::set<std::string, std::less<>> names;
    std::string_view last;
    for (const Event& event : journal_.recorded()) {
        if (event.actor == last || names.size() >= 200) continue;
        last = event.actor;
        if (!names.contains(last)) names.emplace(last);
    }
    QStringList list;
    for (const std::string& name : names) list << str(name);
    return list;
}

std::vector<incidents::EventKind> JournalModel::kinds() const {
    std::set<incidents::EventKind> all;
    for (const Event& event : journal_.recorded()) all.insert(event.kind);
    return {all.begin(), all.end()};
}

int JournalModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(keys_.size());
}

int JournalModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString JournalModel::what(std::size_t row) const {
    if (journal_.isRetracted(row)) {
        const auto versions = journal_.versions(row);
        for (auto version = versions.rbegin(); version != versions.rend(); ++version)
            if (!(*version)->body.retracted) return lineOf(**version);
    }
    return lineOf(journal_.current(row));
}

QString JournalModel::marked(std::size_t row) const {
    QString text = what(row);
    if (journal_.isRetracted(row))
        text = QStringLiteral("Taken back: ") + text;
    else if (journal_.isCorrected(row))
        text += QStringLiteral("  (corrected)");
    const auto here = [&](std::uint64_t seq) { return journal_.rowOf(seq) == int(row); };
    const bool crossed = std::ranges::any_of(conflicts_, [&](const incidents::Conflict& one) {
        return here(one.event_seq) || here(one.other_seq);
    });
    return crossed ? QStringLiteral("Conflict: ") + text : text;
}

QString JournalModel::line(std::uint64_t seq) const {
    const int row = journal_.rowOf(seq);
    return row < 0 ? QString() : marked(std::size_t(row));
}

QString JournalModel::history(std::uint64_t seq) const {
    const int row = journal_.rowOf(seq);
    return row < 0 ? QString() : told(std::size_t(row));
}

/// What else there is to know of a row, a line each; empty for most.
QString JournalModel::told(std::size_t row) const {
    QStringList lines;
    if (journal_.isCorrected(row)) {
        const auto versions = journal_.versions(row);
        for (std::size_t i = 0; i + 1 < versions.size(); ++i) {
            const Event& old = *versions[i];
            const Event& by = *versions[i + 1];
            QString was =
                QStringLiteral("%1 by %2, %3: was “%4”")
                    .arg(by.body.retracted ? QStringLiteral("Taken back") : QStringLiteral("Corrected"),
                         str(by.actor), formatClock(msOf(by.recorded_at)), lineOf(old));
            if (old.occurred_at != by.occurred_at)
                was += QStringLiteral(" at %1").arg(formatClock(msOf(old.occurred_at)));
            lines << was;
        }
    }
    for (const incidents::Conflict& conflict : conflicts_)
        for (const auto& [mine, other] : {std::pair(conflict.event_seq, conflict.other_seq),
                                          std::pair(conflict.other_seq, conflict.event_seq)})
            if (journal_.rowOf(mine) == int(row)) {
                const Event* event = journal_.bySeq(other);
                lines << QStringLiteral("In conflict over %1 with event %2%3; the later one is in effect")
                             .arg(str(conflict.what))
                             .arg(other)
                             .arg(event ? QStringLiteral(" by %1 (%2)").arg(str(event->actor), lineOf(*event))
                                        : QString());
            }
    return lines.join(QLatin1Char('\n'));
}

QVariant JournalModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const std::uint64_t key = keys_[std::size_t(index.row())];
    if (role == KeyRole) return QString::number(key);
    const int at = journal_.rowOf(key);
    if (at < 0) return {};
    const auto row = std::size_t(at);
    const Event& event = journal_.current(row);
    switch (index.column()) {
        case At:
            if (role == Qt::DisplayRole) return formatClock(msOf(event.occurred_at));
            if (role == SortRole) return msOf(event.occurred_at);
            if (role == Qt::ToolTipRole) return str(core::format_rfc3339(event.occurred_at));
            break;
        case Kind:
            if (role == Qt::DisplayRole) {
                QString word = kindWord(event.kind);
                if (pinned_.contains(key)) word += QStringLiteral(" · pinned");
                return word;
            }
            if (role == IconRole) return int(pinned_.contains(key) ? Icon::Flag : iconOf(event.kind));
            break;
        case What:
            if (role == Qt::DisplayRole) return marked(row);
            if (role == Qt::FontRole && journal_.isRetracted(row)) {
                QFont font;
                font.setStrikeOut(true);
                return font;
            }
            if (role == Qt::ToolTipRole) {
                const QString more = told(row);
                return more.isEmpty() ? what(row) : what(row) + QLatin1Char('\n') + more;
            }
            break;
        case Actor:
            if (role == Qt::DisplayRole) return str(event.actor);
            break;
        default:
            break;
    }
    if (role == SortRole) return data(index, Qt::DisplayRole);
    return {};
}

QVariant JournalModel::headerData(int section, Qt::Orientation orientation, int role) const {
    static const std::array titles{"Time", "Kind", "What", "By"};
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
    if (role == Qt::DisplayRole) return QLatin1String(titles[std::size_t(section)]);
    if (role == Qt::ToolTipRole && section == At) return QStringLiteral("When it happened");
    return {};
}

}  // namespace qd::app
