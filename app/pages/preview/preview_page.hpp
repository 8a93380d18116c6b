#pragma once
// The very stream the viewers see: a title through the stable or the canary path, or any HLS address, with
// its quality of experience and every request it took; or two paths beside each other in step.

#include "app/adapters/catalog_adapter.hpp"
#include "app/pages/data_page.hpp"

#include <QTimer>

class QComboBox;
class QStackedWidget;

namespace qd::widgets {
class InlineNotice;
}

namespace qd::app {

class ActionButton;
class ComparisonView;
class FrameInspector;
class HistoryStrip;
class PlayerPanel;
class QoePanel;
class SegmentLogPanel;
class SourceField;

class PreviewPage : public DataPage {
    Q_OBJECT

public:
    PreviewPage(Session& session, QWidget* parent);
    bool open(const QString& id) override;
    QWidget* firstFocus() override;

protected:
    void showData() override;
    void shown() override;
    void hidden() override;
    bool event(QEvent* event) override;

private:
    QWidget* makeSingle();
    void wire();
    void play(const QString& titleId);
    void openAddress(const QString& text);
    void showPlayer();
    void tell(const QString& what, const QString& detail, bool bad);

    SourceField* source_;
    QComboBox* path_;
    ActionButton* evidence_;  // both of a comparison: its own controls have no room
    ActionButton* onePath_;
    widgets::InlineNotice* notice_;
    QStackedWidget* views_;
    PlayerPanel* panel_ = nullptr;
    QStackedWidget* side_ = nullptr;
    QoePanel* qoe_ = nullptr;
    FrameInspector* inspector_ = nullptr;
    HistoryStrip* history_ = nullptr;
    SegmentLogPanel* log_ = nullptr;
    ComparisonView* comparison_;
    std::vector<Title> listed_;
    QTimer noticeGoes_;
    bool resumeWhenShown_ = false;
    bool resumeComparison_ = false;
};

}  // namespace qd::app
