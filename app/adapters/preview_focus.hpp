#pragma once
// What actions ask of the page that shows the player, and what of it is before somebody's eyes.

#include <QObject>
#include <QString>

namespace qd::app {

/// UI thread only.
class PreviewFocus : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// Two paths beside each other are shown, not one.
    bool isComparing() const { return comparing_; }
    void setComparing(bool comparing) {
        if (comparing == comparing_) return;
        comparing_ = comparing;
        emit comparingChanged(comparing);
    }

    /// The title that the page offers while nothing plays: what Play means. Empty: none.
    const QString& offered() const { return offered_; }
    void setOffered(const QString& titleId) { offered_ = titleId; }

signals:
    void comparingChanged(bool comparing);

    // Asked by actions, answered by the page.
    void layerToggled(int layer);  // widgets::OverlayLayer
    void fullScreenWanted();
    void popOutWanted();
    void inspectorWanted();
    void comparisonWanted(int mode);  // widgets::CompareMode
    void addressWanted();             // the field for it gets the focus
    /// Something was saved, or could not be: said in the page itself.
    void told(const QString& what, const QString& detail, bool bad);

private:
    bool comparing_ = false;
    QString offered_;
};

}  // namespace qd::app
