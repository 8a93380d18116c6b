// What the client asks of an objective's stored history.

#include "core/json_fields.hpp"
#include "opsclient/client.hpp"
#include "opsclient/client_impl.hpp"
#include "slo/codec_heatmap.hpp"
#include "slo/codec_replay.hpp"

namespace qd::opsclient {

void Client::slo_replay(const slo::SloId& id, const slo::ReplayRequest& request, Callback<slo::Replay> done) {
    impl_->call(
        impl_->request(http::Method::post, fmt::format("/slos/{}/replay", http::percent_encode(id.value)),
                       core::dump_json(slo::to_json(request))),
        std::move(done), from_json(&slo::replay_from_json));
}

void Client::slo_heatmap(const slo::SloId& id, core::WallTime from, core::WallTime to, int points,
                         Callback<slo::Heatmap> done) {
    impl_->call(
        impl_->request(http::Method::get,
                       fmt::format("/slos/{}/heatmap?from={}&to={}&points={}", http::percent_encode(id.value),
                                   core::format_rfc3339(from), core::format_rfc3339(to), points)),
        std::move(done), from_json(&slo::heatmap_from_json));
}

}  // namespace qd::opsclient
