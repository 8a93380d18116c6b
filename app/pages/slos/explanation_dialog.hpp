#pragma once
#include <QDialog>
#include <QPointer>

#include "app/pages/slos/explanation.hpp"

class QLabel;
class QVBoxLayout;

namespace qd::app {

class Session;

/// The sums behind an objective's figures, kept up to date while it is open.
class ExplanationDialog : public QDialog {
    Q_OBJECT

public:
    ExplanationDialog(Session& session, const QString& slo, QWidget* parent);

private:
    void refresh();
    void build(const std::vector<ExplainedSection>& sections);

    Session& session_;
    QString slo_;
    QVBoxLayout* column_;
    QPointer<QWidget> content_;
    QVector<QVector<QLabel*>> cells_;
    std::vector<ExplainedSection> shown_;
};

}  // namespace qd::app
