#include "app/adapters/draft_document.hpp"

#include <nlohmann/json.hpp>

#include "core/files.hpp"

namespace qd::app {
namespace {

constexpr int kAgainMs = 15'000;                // after opsd refused or did not answer
constexpr std::uint64_t kMostKept = 32u << 20;  // bytes; 40 sections of 128 KiB twice fit

std::string utf8(const QString& text) {
    return text.toStdString();
}

/// Where a file that cannot be read is put, so that it is not written over.
core::Error setAside(const std::filesystem::path& file, const core::Error& why) {
    std::error_code ignored;
    std::filesystem::rename(file, file.string() + ".unreadable", ignored);
    return {why.code, why.message + "; it was set aside as " + file.string() + ".unreadable"};
}

}  // namespace

std::string encodeKept(const QString& incident, const DraftBook::Entries& entries) {
    nlohmann::json sections = nlohmann::json::object();
    for (const auto& [section, mine] : entries)
        sections[section] = {
            {"text", utf8(mine.text)}, {"made_from", utf8(mine.saved)}, {"based_on", mine.basedOn}};
    return nlohmann::json{{"schema", 1}, {"incident", utf8(incident)}, {"sections", sections}}.dump(
        1, ' ', false, nlohmann::json::error_handler_t::replace);
}

core::Result<DraftBook::Entries> decodeKept(std::string_view text) {
    const nlohmann::json whole = nlohmann::json::parse(text, nullptr, false);
    const auto broken = [] { return core::fail(core::Errc::corrupt, "the kept draft is not readable"); };
    if (!whole.is_object() || !whole.contains("sections") || !whole["sections"].is_object()) return broken();
    DraftBook::Entries entries;
    for (const auto& [section, kept] : whole["sections"].items()) {
        if (!kept.is_object() || !kept.contains("text") || !kept["text"].is_string() ||
            !kept.contains("based_on") || !kept["based_on"].is_number_unsigned())
            return broken();
        DraftBook::Entry mine;
        mine.text = QString::fromStdString(kept["text"].get<std::string>());
        mine.basedOn = kept["based_on"].get<std::uint64_t>();
        if (kept.contains("made_from") && kept["made_from"].is_string())
            mine.saved = QString::fromStdString(kept["made_from"].get<std::string>());
        entries.emplace(section, std::move(mine));
    }
    return entries;
}

DraftDocument::DraftDocument(OpsLink& link, const QString& incident, std::filesystem::path file,
                             QObject* parent)
    : QObject(parent), link_(link), incident_(incident), file_(std::move(file)) {
    autosave_.setSingleShot(true);
    connect(&autosave_, &QTimer::timeout, this, &DraftDocument::flush);
    keeping_.setSingleShot(true);
    connect(&keeping_, &QTimer::timeout, this, &DraftDocument::keep);
    connect(&link_, &OpsLink::stateChanged, this, [this] {
        if (link_.isLive()) flush();
        emit statusChanged();
    });
    load();
}

DraftDocument::~DraftDocument() {
    if (!keeping_.isActive() || file_.empty()) return;
    // No loop is left to wait for: these few kilobytes are written here, or the last words are lost.
    std::error_code ignored;
    if (!book_.isUnsaved())
        std::filesystem::remove(file_, ignored);
    else if (core::make_directories(file_.parent_path()))
        (void)core::write_file_atomically(file_, encodeKept(incident_, book_.entries()), 0600);
}

void DraftDocument::load() {
    auto found = deliver<DraftBook::Entries>(this, [this](core::Result<DraftBook::Entries> kept) {
        loaded_ = true;
        if (!kept && kept.error().code != core::Errc::not_found)
            keepProblem_ = QString::fromStdString(kept.error().message);
        book_.open(kept ? std::move(*kept) : DraftBook::Entries{});
        if (waiting_) take(*waiting_);
        waiting_.reset();
    });
    if (file_.empty()) return found(DraftBook::Entries{});
    link_.executor().post([file = file_, found] {
        const auto text = core::read_file(file, kMostKept);
        if (!text) return found(tl::unexpected(text.error()));
        auto kept = decodeKept(*text);
        if (!kept) return found(tl::unexpected(setAside(file, kept.error())));
        found(std::move(kept));
    });
}

void DraftDocument::take(const postmortems::Draft& draft) {
    if (!loaded_) {
        waiting_ = draft;
        return;
    }
    const bool first = !book_.isOpen();
    const DraftBook::Entries before = book_.entries();
    book_.take(draft);
    if (book_.entries() != before) keepSoon();
    if (first) emit opened();
    if (first && book_.isUnsaved()) flush();
    emit statusChanged();
}

void DraftDocument::edit(const std::string& section, const QString& text) {
    if (!isOpen()) return;
    book_.edit(section, text);
    keepSoon();
    autosave_.start(kAutosaveMs);
    emit statusChanged();
}

void DraftDocument::settle(const std::string& section, const QString& text) {
    book_.settle(section, text);
    keepSoon();
    flush();
}

void DraftDocument::takeTheirs(const std::string& section) {
    book_.takeTheirs(section);
    keepSoon();
    flush();
}

void DraftDocument::flush() {
    autosave_.stop();
    if (!link_.isLive() || !link_.client()) return emit statusChanged();
    const auto request = book_.begin();
    if (!request) return emit statusChanged();
    auto told = deliver<postmortems::View>(this, [this](core::Result<postmortems::View> view) {
        if (!view) {
            book_.failed();
            problem_ = QString::fromStdString(view.error().message);
            autosave_.start(kAgainMs);
            return emit statusChanged();
        }
        problem_.clear();
        savedMs_ = QDateTime::currentMSecsSinceEpoch();
        book_.answered();
        take(view->draft);
        emit answered(*view);
        // Typed on meanwhile: after a rest of its own.
        if (!autosave_.isActive() && book_.isUnsaved() && book_.firstBehind().empty())
            autosave_.start(kAutosaveMs);
    });
    link_.client()->save_postmortem(incidents::IncidentId(incident_.toStdString()), *request, std::nullopt,
                                    told);
    emit statusChanged();
}

void DraftDocument::keepSoon() {
    if (file_.empty() || keeping_.isActive()) return;
    const qint64 since = sinceKept_.isValid() ? sinceKept_.elapsed() : kKeepMs;
    keeping_.start(int(std::max<qint64>(0, kKeepMs - since)));
}

void DraftDocument::keep() {
    sinceKept_.restart();
    auto written = deliver<bool>(this, [this](core::Result<bool> kept) {
        keepProblem_ = kept ? QString() : QString::fromStdString(kept.error().message);
        emit statusChanged();
    });
    std::string text = book_.isUnsaved() ? encodeKept(incident_, book_.entries()) : std::string();
    link_.executor().post([file = file_, text = std::move(text), written] {
        if (text.empty()) {
            std::error_code ignored;
            std::filesystem::remove(file, ignored);
            return written(true);
        }
        if (const auto made = core::make_directories(file.parent_path()); !made)
            return written(tl::unexpected(made.error()));
        const auto kept = core::write_file_atomically(file, text, 0600);
        if (!kept) return written(tl::unexpected(kept.error()));
        written(true);
    });
}

DraftStatus DraftDocument::status() const {
    using Phase = DraftStatus::Phase;
    const bool isKept = !file_.empty() && keepProblem_.isEmpty();
    const QString kept = isKept ? QStringLiteral(" It is kept on this computer.") : QString();
    if (!book_.isUnsaved()) {
        if (!keepProblem_.isEmpty()) return {Phase::Unsaved, keepProblem_};
        const QDateTime at = QDateTime::fromMSecsSinceEpoch(savedMs_);
        return {Phase::Saved, savedMs_ > 0 ? QStringLiteral("Saved %1").arg(at.toString("HH:mm:ss"))
                                           : QStringLiteral("All is saved")};
    }
    if (!keepProblem_.isEmpty())
        return {Phase::Lost,
                QStringLiteral("Not saved, and not kept on this computer: %1").arg(keepProblem_)};
    if (!book_.firstBehind().empty())
        return {Phase::Choose,
                QStringLiteral("Not saved: another text came into effect; choose one.") + kept};
    if (!link_.isLive())
        return {Phase::Unsaved, QStringLiteral("Not saved: no connection to the site.") + kept};
    if (book_.isSending()) return {Phase::Saving, QStringLiteral("Saving …")};
    if (!problem_.isEmpty()) return {Phase::Unsaved, QStringLiteral("Not saved: %1.").arg(problem_) + kept};
    return {Phase::Resting, QStringLiteral("Not saved yet: it is after a rest of 2 s")};
}

}  // namespace qd::app
