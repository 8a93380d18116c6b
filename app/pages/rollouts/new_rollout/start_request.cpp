#include "app/pages/rollouts/new_rollout/start_request.hpp"

#include "app/models/values.hpp"
#include "app/shell/session.hpp"
#include "rollouts/specification.hpp"

namespace qd::app {

QString requestText(const StartText& start) {
    return QStringLiteral("POST /api/v1/rollouts?reason=%1%2\nContent-Type: application/yaml\n\n%3")
        .arg(str(http::percent_encode(start.reason.toStdString())),
             start.overrideFreeze ? QStringLiteral("&override=true") : QString(), start.specification);
}

void sendStart(Session& session, const StartText& start, Done done) {
    std::string text = start.specification.toStdString();
    // opsd's own check, so that what it would refuse is said before anything is sent.
    if (const auto read = rollouts::parse_specification(text); !read)
        return done(tl::unexpected(read.error()));
    opsclient::Client* client = session.link().client();
    if (!client) return done(notConnected());
    client->create_rollout(text, start.reason.toStdString(), start.overrideFreeze,
                           deliver<rollouts::Rollout>(&session, [&session, done = std::move(done)](
                                                                    core::Result<rollouts::Rollout> rollout) {
                               session.rollouts().refresh();
                               if (!rollout) return done(tl::unexpected(rollout.error()));
                               done(QVariantMap{{QStringLiteral("rollout"), str(rollout->id.value)},
                                                {QStringLiteral("message"), str(rollout->message)}});
                           }));
}

}  // namespace qd::app
