#pragma once
// Everything the player can be asked for, by name and by key. See player_keys.hpp for who gets a key first.

#include <QKeySequence>
#include <QList>
#include <QString>
#include <QStringList>
#include <functional>

#include "app/pages/preview/preview_values.hpp"
#include "app/shell/actions.hpp"

class QWidget;

namespace qd::app {

class Session;

/// What the actions of the preview share.
struct PreviewActions {
    Session& session;
    std::function<QWidget*()> parent;

    struct Spec {
        const char* id;
        const char* title;
        QList<QKeySequence> keys;
        std::function<void(const QVariantMap&, Done)> run;
        std::function<QString()> blocked;
        QStringList parameters;
        std::function<void()> ask;
    };
    void add(Spec spec) const;
    /// For what is done at once.
    static std::function<void(const QVariantMap&, Done)> simply(std::function<void(const QVariantMap&)> run);

    /// Something plays, alone or in comparison; else the reason.
    QString nothingPlays() const;
    /// One title plays alone.
    QString notAlone() const;
    QString notCompared() const;
    bool comparing() const;
    double positionS() const;
    /// What can be played now, of the one title or of the pair.
    struct Reach {
        core::Seconds from{}, to{};
        core::Seconds target{};  // duration of a segment, 0: not known
        bool live = false;       // `to` moves on
    };
    Reach reach() const;
    /// Within what there is; of what is live, no nearer to its end than playing can be.
    void seekTo(double positionS) const;
    void tell(const QString& what, const QString& detail, bool bad = false) const;
};

/// preview.play {title, path: auto|stable|canary}, preview.open_address {url}, preview.pause, .resume, .stop,
/// .toggle, .seek {seconds}, .step {frames}, .rate {rate}, .quality {level}, .network {id | rate_kbit,
/// latency_ms, loss}, .snapshot {file}, .clip {from, to, file}, .compare {title | a, b}, .evidence {folder}
/// and more.
void addPreviewActions(Session& session, std::function<QWidget*()> parent);

// Parts of it.
void addPlayActions(const PreviewActions& shared);
void addSeekActions(const PreviewActions& shared);
void addTuneActions(const PreviewActions& shared);
void addViewActions(const PreviewActions& shared);
void addSaveActions(const PreviewActions& shared);
void addEvidenceActions(const PreviewActions& shared);
void addCompareActions(const PreviewActions& shared);

}  // namespace qd::app
