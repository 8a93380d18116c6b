#pragma once
// Reads the site's own API as raw JSON, so that a tour's evidence does not rest on what the pages believe.

#include <QObject>
#include <nlohmann/json.hpp>
#include <string>

#include "http/client.hpp"

namespace qd::app {

/// UI thread. A call returns when its answer is there; the window goes on meanwhile.
class WireReader : public QObject {
    Q_OBJECT

public:
    explicit WireReader(QObject* parent = nullptr) : QObject(parent) {}

    void setToken(std::string token) { token_ = std::move(token); }
    /// The answer's JSON; null when there was none or it is no JSON.
    nlohmann::json get(const std::string& url);
    /// The answer's text; empty when there was none.
    std::string text(const std::string& url);

private:
    std::string token_;
    http::Client client_;
};

}  // namespace qd::app
