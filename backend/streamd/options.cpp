#include "streamd/options.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/command_line.hpp"
#include "http/url.hpp"

namespace qd::streamd {
namespace {

constexpr std::size_t most_pins = 32;

/// Names go into metrics, paths and headers.
bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && text.front() != '.' && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    });
}

int usage(std::string_view message) {
    fmt::print(stderr, "streamd: {}\nRun with --help for more information.\n", message);
    return int(core::ExitCode::usage);
}

}  // namespace

core::Result<std::vector<chaos::Fault>> parse_faults(std::string_view text) {
    if (text.size() > 64 << 10) return core::fail(core::Errc::invalid_argument, "--faults: more than 64 KiB");
    auto document = nlohmann::json::parse(text, nullptr, false);
    if (document.is_object()) document = nlohmann::json::array({document});
    if (!document.is_array())
        return core::fail(core::Errc::invalid_argument, "--faults: expected a JSON array of faults");
    std::vector<chaos::Fault> faults;
    for (const auto& entry : document) {
        auto fault = chaos::parse_fault(entry.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        if (!fault) return core::fail_with_context("--faults", fault.error());
        faults.push_back(std::move(*fault));
    }
    return faults;
}

core::Result<std::vector<gateway::Upstream>> parse_upstreams(std::string_view text,
                                                             const std::string& version) {
    std::vector<gateway::Upstream> upstreams;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        std::string_view part = text.substr(0, comma);
        text.remove_prefix(std::min(comma + 1, text.size()));
        gateway::Upstream upstream;
        if (const std::size_t equals = part.find('='); equals != std::string_view::npos) {
            const auto arm = gateway::parse_arm(part.substr(0, equals));
            if (!arm)
                return core::fail(core::Errc::invalid_argument,
                                  "--upstreams: \"{}\" is none of stable, canary and baseline",
                                  part.substr(0, equals));
            upstream.arm = *arm;
            part.remove_prefix(equals + 1);
        }
        if (const auto address = http::parse_listen(part); !address)
            return core::fail_with_context("--upstreams", address.error());
        upstream.address = upstream.instance = std::string(part);
        upstream.version = version;
        upstreams.push_back(std::move(upstream));
    }
    return upstreams;
}

std::variant<Options, int> parse_options(int argc, char** argv) {
    Options options;
    std::string listen, config_file, faults, upstreams;
    std::vector<std::string> pins;
    CLI::App app("The data plane of a streaming site: gateway, origin and encoding workers.", "streamd");
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--data", options.data, "Data folder of the site")->required();
    app.add_option("--config", config_file, "Configuration (YAML)");
    app.add_option("--listen", listen, "host:port to listen on; port 0, the default, is any free one");
    app.add_option("--version-label", options.version_label, "Version that metrics and answers carry")
        ->capture_default_str();
    app.add_option("--instance", options.instance,
                   "Name of this process within the site (default: <role>-1)");
    app.add_option("--arm", options.arm, "stable, canary or baseline")
        ->check(CLI::IsMember({"stable", "canary", "baseline"}))
        ->capture_default_str();
    app.add_option("--lease-fd", options.lease_fd, "Stop when this descriptor reaches its end");
    app.add_option("--ready-fd", options.ready_fd, "Write {\"address\":…} here once ready");
    app.add_option("--faults", faults, "Faults to begin with (JSON)");
    app.add_option("--flag", pins,
                   "key=variant: this process serves that variant, whatever the site's flags say")
        ->allow_extra_args(false);
    app.add_option("--upstreams", upstreams, "gateway: [stable=|canary=|baseline=]host:port,…");
    app.add_subcommand("gateway", "Routes, splits and caches what viewers ask for");
    app.add_subcommand("api", "The origin: uploads, catalogue, playback");
    app.add_subcommand("worker", "Encodes what was uploaded");
    app.add_subcommand("all", "All three in one process");
    if (const auto code = core::parse_command_line(app, argc, argv)) return *code;
    options.role = app.get_subcommands().front()->get_name();

    if (!listen.empty()) {
        const auto address = http::parse_listen(listen);
        if (!address) return usage("--listen: " + address.error().message);
        std::tie(options.host, options.port) = *address;
    }
    if (options.instance.empty()) options.instance = options.role + "-1";
    if (!is_name(options.instance)) return usage("--instance: 1 to 64 letters, digits, '-', '_' and '.'");
    if (!is_name(options.version_label))
        return usage("--version-label: 1 to 64 letters, digits, '-', '_' and '.'");
    if (!config_file.empty()) {
        auto config = read_config(config_file);
        if (!config) return core::report("streamd", config.error());
        options.config = std::move(*config);
    }
    if (!faults.empty()) {
        auto parsed = parse_faults(faults);
        if (!parsed) return usage(parsed.error().message);
        std::ranges::move(*parsed, std::back_inserter(options.config.faults));
    }
    if (pins.size() > most_pins) return usage(fmt::format("--flag: at most {} of them", most_pins));
    for (const std::string& text : pins) {
        auto pin = flags::parse_pin(text);
        if (!pin) return usage("--flag: " + pin.error().message);
        options.pins.push_back(std::move(*pin));
    }
    if (!upstreams.empty()) {
        auto parsed = parse_upstreams(upstreams, options.version_label);
        if (!parsed) return usage(parsed.error().message);
        std::ranges::move(*parsed, std::back_inserter(options.config.upstreams));
    }
    return options;
}

}  // namespace qd::streamd
