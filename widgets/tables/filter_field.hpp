#pragma once
#include <QAbstractItemView>
#include <QLineEdit>
#include <QPointer>
#include <QTimer>

namespace qd::widgets {

// The line that narrows a table. "/" anywhere in `scope` focuses it, Escape clears it and, when empty, gives
// the focus back to the view; Down goes to the view.
class FilterField : public QLineEdit {
    Q_OBJECT
public:
    explicit FilterField(const QString& placeholder, QWidget* parent = nullptr);

    // `scope` is the page whose "/" this field answers; `view` gets the focus back (may be null).
    void attach(QWidget* scope, QAbstractItemView* view);

signals:
    // 80 ms after the last key, so that a fast typist filters once.
    void filterChanged(const QString& text);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QPointer<QAbstractItemView> view_;
    QTimer delay_;
};

}  // namespace qd::widgets
