#include "widgets/theme/spoken.hpp"

#include <QAccessibleWidget>
#include <QWidget>

namespace qd::widgets {
namespace {

class SpokenInterface : public QAccessibleWidget {
public:
    SpokenInterface(QWidget* widget, Spoken* spoken)
        : QAccessibleWidget(widget, spoken->spokenRole()), spoken_(spoken) {}

    QString text(QAccessible::Text kind) const override {
        const QString own = QAccessibleWidget::text(kind);
        switch (kind) {
            case QAccessible::Name:
                return own.isEmpty() ? spoken_->spokenText() : own;
            case QAccessible::Description:
            case QAccessible::Value:
                return own.isEmpty() ? spoken_->spokenText() : own;
            default:
                return own;
        }
    }

private:
    Spoken* spoken_;
};

QAccessibleInterface* factory(const QString&, QObject* object) {
    auto* widget = qobject_cast<QWidget*>(object);
    auto* spoken = widget ? dynamic_cast<Spoken*>(widget) : nullptr;
    return spoken ? new SpokenInterface(widget, spoken) : nullptr;
}

}  // namespace

void spokenChanged(QWidget* widget) {
    if (!QAccessible::isActive()) return;
    QAccessibleEvent event(widget, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

void installSpokenFactory() {
    QAccessible::installFactory(factory);
}

}  // namespace qd::widgets
