#pragma once
#include <QAccessible>
#include <QString>

class QWidget;

namespace qd::widgets {

// What a custom-painted widget says to a screen reader. Inherit it beside QWidget; Theme::apply() installs
// the factory that gives such widgets a QAccessible interface with this role, value and description.
class Spoken {
public:
    virtual ~Spoken() = default;
    virtual QAccessible::Role spokenRole() const = 0;
    // The content in words: "Availability 99.95 %, OK, 2 s ago".
    virtual QString spokenText() const = 0;
};

// Tells assistive technology that spokenText() is another now. Costs nothing when none is listening.
void spokenChanged(QWidget* widget);
void installSpokenFactory();

}  // namespace qd::widgets
