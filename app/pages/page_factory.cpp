#include "app/pages/page_factory.hpp"

#include <QVector>

#include "app/pages/alerts/alerts_page.hpp"
#include "app/pages/catalog/catalog_page.hpp"
#include "app/pages/dashboards/dashboards_page.hpp"
#include "app/pages/flags/flags_page.hpp"
#include "app/pages/incidents/incidents_page.hpp"
#include "app/pages/learning/learning_page.hpp"
#include "app/pages/oncall/oncall_page.hpp"
#include "app/pages/overview/overview_page.hpp"
#include "app/pages/postmortems/postmortems_page.hpp"
#include "app/pages/preview/preview_page.hpp"
#include "app/pages/rollouts/rollouts_page.hpp"
#include "app/pages/slos/slos_page.hpp"
#include "widgets/theme/icons.hpp"

namespace qd::app {
namespace {

template <class P>
Page* make(Session& session, QWidget* parent) {
    return new P(session, parent);
}

}  // namespace

const QVector<PageInfo>& pageInfos() {
    using widgets::Icon;
    static const QVector<PageInfo> infos{
        {QStringLiteral("overview"), QStringLiteral("Overview"), Icon::Overview, make<OverviewPage>},
        {QStringLiteral("slos"), QStringLiteral("SLOs"), Icon::Slos, make<SlosPage>},
        {QStringLiteral("incidents"), QStringLiteral("Incidents"), Icon::Incidents, make<IncidentsPage>},
        {QStringLiteral("rollouts"), QStringLiteral("Rollouts"), Icon::Rollouts, make<RolloutsPage>},
        {QStringLiteral("preview"), QStringLiteral("Preview"), Icon::Preview, make<PreviewPage>},
        {QStringLiteral("catalog"), QStringLiteral("Catalog"), Icon::Catalog, make<CatalogPage>},
        {QStringLiteral("postmortems"), QStringLiteral("Post-mortems"), Icon::Postmortems,
         make<PostmortemsPage>},
        // The last, so that the others keep their keys.
        {QStringLiteral("dashboards"), QStringLiteral("Dashboards"), Icon::Dashboards, make<DashboardsPage>},
        {QStringLiteral("alerts"), QStringLiteral("Alerts"), Icon::Bell, make<AlertsPage>},
        {QStringLiteral("oncall"), QStringLiteral("On call"), Icon::Person, make<OncallPage>},
        {QStringLiteral("learning"), QStringLiteral("Learning"), Icon::Statistics, make<LearningPage>},
        {QStringLiteral("flags"), QStringLiteral("Flags"), Icon::Flag, make<FlagsPage>},
    };
    return infos;
}

}  // namespace qd::app
