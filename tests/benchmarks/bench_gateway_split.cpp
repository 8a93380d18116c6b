// How near the observed split is to the requested one: the share of draws (other rollouts, weights and
// sessions) whose count lies within the binomial 99 % interval. Pure first, then through a gateway. Usage:
// bench_gateway_split

#include <cmath>
#include <cstdio>

#include "core/random.hpp"
#include "gateway/gateway.hpp"
#include "http/client.hpp"

using namespace qd;
using gateway::Arm;

namespace {

/// Cumulative binomial probability of at most `k` of `n`, summed from its terms.
double at_most(std::int64_t k, std::int64_t n, double p) {
    double sum = 0;
    for (std::int64_t i = 0; i <= k; ++i)
        sum += std::exp(std::lgamma(double(n + 1)) - std::lgamma(double(i + 1)) -
                        std::lgamma(double(n - i + 1)) + double(i) * std::log(p) +
                        double(n - i) * std::log1p(-p));
    return sum;
}

/// Neither tail beyond it is likelier than half a percent.
bool within_99(std::int64_t k, std::int64_t n, double p) {
    return at_most(k, n, p) > 0.005 && 1 - (k > 0 ? at_most(k - 1, n, p) : 0) > 0.005;
}

void print(const char* what, int within, int trials) {
    std::printf("%-44s %d of %d within (%.2f %%; 99 %% or a little more are expected of fair draws)\n", what,
                within, trials, 100.0 * within / trials);
}

void pure_draws(core::Random& random) {
    for (const auto& [name, baseline] : {std::pair{"canary", false}, std::pair{"baseline", true}}) {
        int within = 0, trials = 0;
        for (int rollout = 0; rollout < 100; ++rollout)
            for (const double weight : {0.5, 1.0, 5.0, 10.0, 25.0, 33.3, 50.0, 75.0, 99.0}) {
                const std::string id = "rollout-" + std::to_string(rollout);
                const traffic::TrafficPlan plan{id, baseline ? 0 : weight, baseline ? weight : 0};
                std::int64_t drawn = 0;
                for (int i = 0; i < 1'000; ++i)
                    drawn +=
                        gateway::choose_arm(plan, random.hex(8)) == (baseline ? Arm::baseline : Arm::canary);
                within += within_99(drawn, 1'000, weight / 100);
                ++trials;
            }
        print((std::string("pure, 1,000 sessions each, ") + name).c_str(), within, trials);
    }
}

/// How many of 500 new sessions the gateway sends to the canary.
int drawn_of_500(const std::string& address, http::Client& client, core::Random& random) {
    std::atomic<int> left{500}, drawn{0};
    for (int i = 0; i < 500; ++i) {
        http::ClientRequest request;
        request.url = "http://" + address + "/api/v1/videos/1?s=" + random.hex(8);
        client.send(std::move(request), [&](auto response) {
            drawn += response && response->headers.get("X-Quarterdeck-Arm") == "canary";
            left.fetch_sub(1);
            left.notify_one();
        });
    }
    for (int now = left; now > 0; now = left) left.wait(now);
    return drawn;
}

bool through_a_gateway(core::Random& random) {
    const auto answer = [](http::Request&&, http::Responder&& responder) {
        responder.send(http::Response::empty(200));
    };
    http::Server one{http::ServerOptions{}}, other{http::ServerOptions{}};
    for (http::Server* server : {&one, &other}) {
        server->route(http::Method::get, "/{rest...}", answer);
        if (!server->start()) return false;
    }
    core::SystemClock clock;
    telemetry::Metrics metrics;
    gateway::Gateway gateway({}, {clock, random, metrics, telemetry::null_log()});
    std::vector<gateway::Upstream> upstreams;
    upstreams.push_back({Arm::stable, "api-1", "v1", one.address()});
    upstreams.push_back({Arm::canary, "api-2", "v2", other.address()});
    if (!gateway.start() || !gateway.set_upstreams(upstreams)) return false;
    http::Client client;
    int within = 0, trials = 0;
    for (int rollout = 0; rollout < 10; ++rollout)
        for (const double weight : {5.0, 10.0, 50.0}) {
            traffic::TrafficPlan plan;
            plan.rollout = "rollout-" + std::to_string(rollout);
            plan.canary_weight = weight;
            if (!gateway.set_split(plan)) return false;
            const int drawn = drawn_of_500(gateway.address(), client, random);
            within += within_99(drawn, 500, weight / 100);
            ++trials;
        }
    print("through the gateway, 500 sessions each", within, trials);
    gateway.stop();
    return true;
}

}  // namespace

int main() {
    core::SeededRandom random(1);
    pure_draws(random);
    return through_a_gateway(random) ? 0 : 1;
}
