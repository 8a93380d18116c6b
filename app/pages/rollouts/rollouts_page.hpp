#pragma once
// The rollout under way, or the one chosen from the list: its steps, what the traffic really does, the
// verdict that explains itself, the arms side by side, the runs of its analysis, and its history.

#include <optional>

#include "app/pages/data_page.hpp"
#include "rollouts/rollout.hpp"

class QStackedWidget;

namespace qd::app {

class AuditCard;
class ComparisonCard;
class RolloutCard;
class RolloutList;
class RunsCard;
class VerdictCard;

class RolloutsPage : public DataPage {
    Q_OBJECT

public:
    RolloutsPage(Session& session, QWidget* parent);
    bool open(const QString& id) override;
    QWidget* filterField() override;

protected:
    void showData() override;
    void shown() override;
    void hidden() override;

private:
    QWidget* makeEmpty();
    QWidget* makeCards();
    const rollouts::Rollout* shownRollout() const;
    void choose(const QString& id);
    void showPast(const rollouts::Rollout& rollout);
    void keepListInPlace();

    QString chosen_;             // empty: the one under way
    std::optional<int> listAt_;  // where the list stood when a row of it was chosen
    QStackedWidget* stack_;
    widgets::InlineNotice* past_;  // an old one is shown
    RolloutCard* card_;
    VerdictCard* verdict_;
    ComparisonCard* comparison_;
    RunsCard* runs_;
    RolloutList* list_;
    AuditCard* audit_;
};

}  // namespace qd::app
