#pragma once
// What a person writes in one post-mortem, kept in a file of this computer from the first key on and saved at
// opsd after a rest: neither a lost connection nor a killed console loses it.

#include <QDateTime>
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <filesystem>

#include "app/adapters/draft_book.hpp"
#include "app/adapters/ops_link.hpp"
#include "postmortems/view.hpp"

namespace qd::app {

inline constexpr int kAutosaveMs = 2'000;  // of rest
inline constexpr int kKeepMs = 250;        // the file on this computer is at most so old

/// Whether what is written is saved, in a sentence.
struct DraftStatus {
    enum class Phase {
        Saved,
        Resting,  // waits for the fingers to rest
        Saving,
        Unsaved,  // with the reason
        Choose,   // another text came into effect
        Lost,     // neither saved nor kept on this computer
    };
    Phase phase = Phase::Saved;
    QString text;
};

/// UI thread. Files are read and written by the link's executor.
class DraftDocument : public QObject {
    Q_OBJECT

public:
    /// `file` empty: nothing is kept on this computer.
    DraftDocument(OpsLink& link, const QString& incident, std::filesystem::path file,
                  QObject* parent = nullptr);
    /// Writes what the file does not have yet.
    ~DraftDocument() override;

    const QString& incident() const { return incident_; }
    const DraftBook& book() const { return book_; }
    /// Both the file and opsd's text were read: there is something to write in.
    bool isOpen() const { return loaded_ && book_.isOpen(); }

    void take(const postmortems::Draft& draft);
    void edit(const std::string& section, const QString& text);
    void settle(const std::string& section, const QString& text);
    void takeTheirs(const std::string& section);
    /// Saves at once what waits: on leaving, and when the connection is back.
    void flush();

    /// "Saved 14:03:20", "Not saved: reason".
    DraftStatus status() const;

signals:
    void opened();
    /// Whether all is saved, and why not, changed.
    void statusChanged();
    /// A save was answered; take() has it already.
    void answered(const qd::postmortems::View& view);

private:
    void load();
    void keepSoon();
    void keep();

    OpsLink& link_;
    QString incident_;
    std::filesystem::path file_;
    DraftBook book_;
    std::optional<postmortems::Draft> waiting_;  // came before the file was read
    QTimer autosave_;
    QTimer keeping_;
    QElapsedTimer sinceKept_;
    QString problem_;  // of the last try to save
    QString keepProblem_;
    qint64 savedMs_ = 0;
    bool loaded_ = false;
};

/// The file's content, and back; Errc::corrupt for what is not one.
std::string encodeKept(const QString& incident, const DraftBook::Entries& entries);
core::Result<DraftBook::Entries> decodeKept(std::string_view text);

}  // namespace qd::app
