#include "app/pages/rollouts/audit_card.hpp"

#include "app/models/rollout_models.hpp"
#include "app/models/values.hpp"
#include "app/pages/rollouts/rollout_views.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

AuditCard::AuditCard(QWidget* parent) : Card(QStringLiteral("What was done, and why"), parent) {
    model_ = new AuditModel(this);
    table_ = new TableView(this);
    table_->setModel(model_);
    table_->setColumnLayout({140, 140, 110, 0, 330});
    table_->setFitRows(10);
    table_->setAccessibleName(QStringLiteral("Audit of the rollout"));
    body()->addWidget(table_);
}

void AuditCard::setRollout(const rollouts::Rollout& rollout) {
    header()->setSub(
        QStringLiteral("%1, %2, the newest first.").arg(str(rollout.id.value), rolloutTitle(rollout)));
    model_->update(auditLinesOf(rollout));
}

}  // namespace qd::app
