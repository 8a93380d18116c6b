// What the client asks of an objective's stored history.

#include "core/json_fields.hpp"
#include "opsclient/client.hpp"
#include "opsclient/client_impl.hpp"
#include "slo/codec_replay.hpp"

namespace qd::opsclient {

void Client::slo_replay(const slo::SloId& id, const slo::ReplayRequest& request, Callback<slo::Replay> done) {
    impl_->call(
        impl_->request(http::Method::post, fmt::format("/slos/{}/replay", http::percent_encode(id.value)),
                       core::dump_json(slo::to_json(request))),
        std::move(done), from_json(&slo::replay_from_json));
}

}  // namespace qd::opsclient
