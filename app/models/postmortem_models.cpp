#include "app/models/postmortem_models.hpp"

#include "app/models/wording_data.hpp"

#include <algorithm>

#include "widgets/tables/delegates.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/icons.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr Qt::Alignment kText = Qt::AlignLeft | Qt::AlignVCenter;

/// "no finding", "3 findings, 1 must go".
QString findingsWord(const postmortems::Listing& listing) {
    if (listing.findings == 0) return QStringLiteral("no finding");
    const QString all =
        QStringLiteral("%1 finding%2").arg(listing.findings).arg(listing.findings == 1 ? "" : "s");
    return listing.blocking == 0 ? all : QStringLiteral("%1, %2 must go").arg(all).arg(listing.blocking);
}

QString whereItStands(const postmortems::Listing& listing) {
    return QStringLiteral("%1\n%2\n%3 comments open, %4 texts wait for a choice")
        .arg(str(listing.incident.value), listing.author.empty()
                                              ? QStringLiteral("Nobody has written yet; the journal has.")
                                              : QStringLiteral("By %1").arg(str(listing.author)))
        .arg(listing.open_comments)
        .arg(listing.conflicts);
}

/// The end of that day, UTC; nothing where there is no date.
std::optional<core::WallTime> endOfDay(const std::string& date) {
    const auto at = core::parse_rfc3339(date + "T23:59:59Z");
    return at ? std::optional(*at) : std::nullopt;
}

}  // namespace

Wording wordOf(postmortems::ReviewState state) {
    switch (state) {
        case postmortems::ReviewState::draft:
            return {State::Neutral, QStringLiteral("Draft")};
        case postmortems::ReviewState::in_review:
            return {State::Info, QStringLiteral("In review")};
        case postmortems::ReviewState::reviewed:
            return {State::Good, QStringLiteral("Reviewed")};
        case postmortems::ReviewState::published:
            return {State::Good, QStringLiteral("Published")};
    }
    return {};
}

Wording wordOf(postmortems::Verdict verdict) {
    switch (verdict) {
        case postmortems::Verdict::asked:
            return {State::Neutral, QStringLiteral("Asked")};
        case postmortems::Verdict::approved:
            return {State::Good, QStringLiteral("Approved")};
        case postmortems::Verdict::changes_requested:
            return {State::Warn, QStringLiteral("Wants changes")};
    }
    return {};
}

Wording wordOf(postmortems::ActionState state) {
    switch (state) {
        case postmortems::ActionState::open:
            return {State::Neutral, QStringLiteral("Open")};
        case postmortems::ActionState::in_progress:
            return {State::Info, QStringLiteral("In progress")};
        case postmortems::ActionState::done:
            return {State::Good, QStringLiteral("Done")};
        case postmortems::ActionState::declined:
            return {State::NoData, QStringLiteral("Declined")};
    }
    return {};
}

Wording dueWord(const std::optional<core::WallTime>& at, bool over, core::WallTime now) {
    if (over) return {State::Neutral, at ? QStringLiteral("met or over") : QStringLiteral("none")};
    if (!at) return {State::Neutral, QStringLiteral("none yet")};
    const auto left = std::chrono::floor<std::chrono::minutes>(*at - now);
    if (*at < now) return {State::Bad, QStringLiteral("overdue %1").arg(span(now - *at))};
    return {left < std::chrono::hours(24) ? State::Warn : State::Neutral,
            QStringLiteral("in %1").arg(span(left))};
}

Wording dueWord(const postmortems::Action& action, core::WallTime now) {
    const bool closed =
        action.state == postmortems::ActionState::done || action.state == postmortems::ActionState::declined;
    if (action.due.empty()) return {State::Neutral, QStringLiteral("no due date")};
    const auto end = endOfDay(action.due);
    if (closed || !end) return {State::Neutral, str(action.due)};
    if (*end >= now) return {State::Neutral, str(action.due)};
    const auto days = std::chrono::ceil<std::chrono::days>(now - *end).count();
    return {State::Bad, QStringLiteral("overdue %1 d").arg(days)};
}

PostmortemModel::PostmortemModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("Incident"),
            [](const PostmortemRow& row, int role) -> QVariant {
                const postmortems::Listing& listing = row.listing;
                if (role == Qt::DisplayRole) return str(listing.title);
                if (role == SubRole)
                    return QStringLiteral("%1 · %2").arg(wordOf(listing.severity).text,
                                                         findingsWord(listing));
                if (role == Qt::ToolTipRole) return whereItStands(listing);
                return {};
            }},
           {QStringLiteral("State"),
            [](const PostmortemRow& row, int role) -> QVariant {
                if (role == SortRole) return int(row.listing.state);
                return wordingData(wordOf(row.listing.state), role);
            }},
           {QStringLiteral("Due"),
            [](const PostmortemRow& row, int role) -> QVariant {
                return dueData(row.due, row.listing.due.at ? msOf(*row.listing.due.at) : qint64(1) << 60,
                               str(row.listing.due.why), role);
            },
            kText, QStringLiteral("When the review is due, by severity, after the resolution")}},
          [](const PostmortemRow& row) { return str(row.listing.incident.value); }, parent) {}

void PostmortemModel::show(const std::vector<postmortems::Listing>& listings, core::WallTime now) {
    std::vector<PostmortemRow> rows;
    rows.reserve(listings.size());
    for (const postmortems::Listing& listing : listings) {
        const bool over = listing.state == postmortems::ReviewState::reviewed ||
                          listing.state == postmortems::ReviewState::published;
        rows.push_back({listing, dueWord(listing.due.at, over, now)});
    }
    update(std::move(rows));
}

FindingModel::FindingModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("Weight"),
            [](const FindingRow& row, int role) -> QVariant {
                const Wording word = row.finding.blocking ? Wording{State::Bad, QStringLiteral("Must go")}
                                                          : Wording{State::Warn, QStringLiteral("Look")};
                if (role == SortRole) return row.finding.blocking ? 0 : 1;
                return wordingData(word, role);
            }},
           {QStringLiteral("Section"),
            [](const FindingRow& row, int role) -> QVariant {
                if (role != Qt::DisplayRole) return {};
                const QString section = str(row.finding.section);
                return row.finding.line > 0 ? QStringLiteral("%1, line %2").arg(section).arg(row.finding.line)
                                            : section;
            }},
           {QStringLiteral("What was found"),
            [](const FindingRow& row, int role) -> QVariant {
                if (role == Qt::DisplayRole) return str(row.finding.problem);
                if (role == Qt::ToolTipRole)
                    return QStringLiteral("%1\n%2").arg(str(row.finding.why), str(row.finding.mend));
                return {};
            }}},
          [](const FindingRow& row) { return QString::number(row.number); }, parent) {}

void FindingModel::show(const std::vector<postmortems::Finding>& findings) {
    std::vector<FindingRow> rows;
    rows.reserve(findings.size());
    for (const postmortems::Finding& finding : findings) rows.push_back({int(rows.size()), finding});
    std::stable_sort(rows.begin(), rows.end(), [](const FindingRow& a, const FindingRow& b) {
        return a.finding.blocking > b.finding.blocking;
    });
    update(std::move(rows));
}

ReviewerModel::ReviewerModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("Verdict"),
            [](const postmortems::Reviewer& reviewer, int role) -> QVariant {
                if (role == SortRole) return int(reviewer.verdict);
                if (!reviewer.outdated) return wordingData(wordOf(reviewer.verdict), role);
                // The text changed after they had read it.
                return wordingData({widgets::State::Stale, wordOf(reviewer.verdict).text + " (older text)"},
                                   role);
            }},
           {QStringLiteral("Reviewer"),
            [](const postmortems::Reviewer& reviewer, int role) -> QVariant {
                return role == Qt::DisplayRole ? QVariant(str(reviewer.person)) : QVariant();
            }},
           {QStringLiteral("Why"),
            [](const postmortems::Reviewer& reviewer, int role) -> QVariant {
                return role == Qt::DisplayRole ? QVariant(str(reviewer.text)) : QVariant();
            }}},
          [](const postmortems::Reviewer& reviewer) { return str(reviewer.person); }, parent) {}

CommentModel::CommentModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("State"),
            [](const postmortems::Comment& comment, int role) -> QVariant {
                if (role == SortRole) return comment.resolved ? 1 : 0;
                return wordingData(comment.resolved
                                       ? Wording{widgets::State::Good, QStringLiteral("Resolved")}
                                       : Wording{widgets::State::Warn, QStringLiteral("Open")},
                                   role);
            }},
           {QStringLiteral("Section"),
            [](const postmortems::Comment& comment, int role) -> QVariant {
                if (role != Qt::DisplayRole) return {};
                return comment.section.empty() ? QStringLiteral("the whole") : str(comment.section);
            }},
           {QStringLiteral("Comment"),
            [](const postmortems::Comment& comment, int role) -> QVariant {
                return role == Qt::DisplayRole ? QVariant(str(comment.text)) : QVariant();
            }},
           {QStringLiteral("By"),
            [](const postmortems::Comment& comment, int role) -> QVariant {
                if (role == Qt::DisplayRole)
                    return QStringLiteral("%1, %2").arg(str(comment.author),
                                                        formatClock(msOf(comment.at), false));
                if (role == SortRole) return msOf(comment.at);
                return {};
            }}},
          [](const postmortems::Comment& comment) { return QString::number(comment.id); }, parent) {}

void CommentModel::show(std::vector<postmortems::Comment> comments) {
    std::stable_partition(comments.begin(), comments.end(),
                          [](const postmortems::Comment& comment) { return !comment.resolved; });
    update(std::move(comments));
}

HistoryModel::HistoryModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("At"),
            [](const postmortems::HistoryEntry& entry, int role) -> QVariant {
                if (role == Qt::DisplayRole) return formatClock(msOf(entry.at));
                if (role == SortRole) return msOf(entry.at);
                return {};
            }},
           {QStringLiteral("What"),
            [](const postmortems::HistoryEntry& entry, int role) -> QVariant {
                if (role != Qt::DisplayRole) return {};
                const QString what =
                    entry.saves > 1 ? QStringLiteral("%1 (%2 saves)").arg(str(entry.what)).arg(entry.saves)
                                    : str(entry.what);
                return entry.conflict ? what + QStringLiteral(", kept beside") : what;
            }},
           {QStringLiteral("By"),
            [](const postmortems::HistoryEntry& entry, int role) -> QVariant {
                return role == Qt::DisplayRole ? QVariant(str(entry.actor)) : QVariant();
            }}},
          [](const postmortems::HistoryEntry& entry) { return QString::number(entry.first); }, parent) {}

}  // namespace qd::app
