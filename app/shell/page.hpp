#pragma once
// What the window asks of a page.

#include <QString>
#include <QWidget>

namespace qd::app {

/// A page is built when first shown. Between activate() and deactivate() it may ask for data; a hidden page
/// does no work at all.
class Page : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    virtual void activate() = 0;
    virtual void deactivate() = 0;
    /// Asks for its data now (F5).
    virtual void refresh() = 0;
    /// Whether what it shows came from the site: a screenshot waits for it.
    virtual bool hasData() const = 0;
    /// The field that '/' and Ctrl+F focus; null when the page has none.
    virtual QWidget* filterField() { return nullptr; }
    /// What has the focus when the page is shown: never a text field, or single keys would be typed instead
    /// of done.
    virtual QWidget* firstFocus() { return this; }
    /// Shows one thing of this page by id; false when there is no such thing (yet).
    virtual bool open(const QString& id) {
        Q_UNUSED(id);
        return false;
    }
};

}  // namespace qd::app
