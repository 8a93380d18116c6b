#pragma once
// The very stream the viewers see: a title through the stable or the canary path, with its quality of
// experience and every request it took.

#include "app/adapters/catalog_adapter.hpp"
#include "app/adapters/player_adapter.hpp"
#include "app/models/operations_models.hpp"
#include "app/pages/data_page.hpp"

class QComboBox;
class QFormLayout;
class QLabel;

namespace qd::widgets {
class StatusBadge;
class TableView;
class TransportBar;
class VideoSurface;
}  // namespace qd::widgets

namespace qd::app {

class PreviewPage : public DataPage {
    Q_OBJECT

public:
    PreviewPage(Session& session, QWidget* parent);
    bool open(const QString& id) override;

protected:
    void showData() override;
    void shown() override;
    void hidden() override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makePlayer();
    QWidget* makeQoe();
    QWidget* makeLog();
    void wireTransport();
    void play();
    void showPlayer();
    void showQoe();
    void showLevels();
    void fitOutput();
    void setFullScreen(bool full);

    QComboBox* titles_;
    QComboBox* path_;
    QComboBox* level_;
    widgets::VideoSurface* surface_;
    widgets::TransportBar* transport_;
    widgets::StatusBadge* state_;
    QFormLayout* qoe_;
    QVector<QLabel*> values_;
    FetchModel* log_;
    widgets::TableView* logTable_;
    std::vector<Title> listed_;
    bool resumeWhenShown_ = false;
};

/// preview.play {title, path: auto|stable|canary}, preview.pause, preview.resume, preview.stop.
void addPreviewActions(Session& session);

}  // namespace qd::app
