#pragma once
// What of a specification a form can say: strategy, version, instances, what is done when it is judged worse,
// and what it is born with. It holds no document of its own: it shows one, and tells what a person wants
// changed.

#include <QWidget>
#include <functional>

#include "rollouts/specification.hpp"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;
class QVBoxLayout;

namespace qd::app {

class TargetForm : public QWidget {
    Q_OBJECT

public:
    explicit TargetForm(QWidget* parent = nullptr);

    void show(const rollouts::Specification& specification);
    /// Nothing can be changed by the form, for this reason.
    void setBlocked(const QString& reason);
    /// What a change by the form would cost, in a sentence; empty: nothing.
    void setHint(const QString& hint);

signals:
    void edited(const std::function<void(qd::rollouts::Specification&)>& change);
    void strategyWanted(qd::rollouts::Strategy strategy);

private:
    template <class Input>
    Input* add(QVBoxLayout* layout, const QString& label, const QString& name, Input* input);
    void addRehearsals(QVBoxLayout* layout);

    QLabel* blocked_;
    QLabel* hint_;
    QWidget* inputs_;
    QComboBox* strategy_;
    QLineEdit* version_;
    QSpinBox* instances_;
    QComboBox* trust_;
    QVector<QCheckBox*> rehearsals_;
};

}  // namespace qd::app
