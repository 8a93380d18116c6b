#pragma once
// Which handler a path belongs to. Filled before the server starts, read by all its threads afterwards.

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.hpp"

namespace qd::http {

struct Route {
    Method method = Method::get;
    std::string pattern;
    Handler handler;
    RouteOptions options;  // its name is filled in
};

class Router {
public:
    using Captures = std::map<std::string, std::string, std::less<>>;

    struct Match {
        const Route* route = nullptr;
        Captures captures;
        std::string allow;  // the path is known, but with these methods only
    };

    /// A literal segment goes before a capture, a capture before a rest, whatever the order of adding.
    void add(Route route);
    /// HEAD matches GET's routes.
    Match match(Method method, std::string_view path) const;
    /// For whoever decorates handlers before the start.
    std::deque<Route>& routes() { return routes_; }

private:
    struct Entry {
        std::vector<std::string> segments;  // "{id}" for a capture
        bool has_rest = false;              // the last segment takes all that is left
        const Route* route = nullptr;
    };
    static bool fits(const Entry& entry, std::string_view path, Captures* captures);

    std::deque<Route> routes_;    // addresses stay
    std::vector<Entry> entries_;  // most specific first
};

}  // namespace qd::http
