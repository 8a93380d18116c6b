#pragma once
// The machinery of a tour: runs steps one after the other, waits for what they wait for, takes the pictures,
// writes transcript.json. What the steps are stands in story.cpp.

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QVariantMap>
#include <filesystem>
#include <functional>
#include <optional>

#include "app/adapters/endpoints.hpp"
#include "app/shell/actions.hpp"
#include "app/tour/transcript.hpp"
#include "app/tour/wire_reader.hpp"

namespace qd::app {

/// What the window lends to a tour.
struct TourStage {
    ActionRegistry& actions;
    std::function<void(const QString& page, const QString& id)> show;  // id may be empty
    std::function<bool(const QString& file)> grab;                     // the window as a picture
    std::function<void(bool dark)> setDark;
    std::function<std::optional<Endpoints>()> site;  // once it is up
    std::function<QString()> siteFailure;            // why it did not come up; empty while it may
};

class Tour : public QObject {
    Q_OBJECT

public:
    /// Files go to `folder`, which is made.
    Tour(TourStage stage, std::filesystem::path folder, QObject* parent = nullptr);

    /// Runs the whole story; events are processed meanwhile. True when every step really happened.
    bool run();

    // For the steps:

    /// Runs `body` and records it under `name`; false when it failed or an earlier step had.
    bool step(const std::string& name, const std::string& claim,
              const std::function<bool(nlohmann::json& evidence)>& body);
    /// Does what a person's click does and waits for its answer.
    Outcome act(const QString& action, const QVariantMap& parameters = {});
    /// Asks `holds` every `every_ms` until it is so; false at the limit.
    bool until(const std::function<bool()>& holds, int limit_ms, int every_ms = 200);
    void pause(int milliseconds);
    /// Shows the page (and the thing on it) and saves its picture as "NN-<name>.png".
    void picture(const QString& page, const QString& name, const QString& id = {});
    bool save(const QString& name, const std::string& content);

    nlohmann::json ops(const std::string& path) { return wire_.get(endpoints_.opsd + path); }
    std::string opsText(const std::string& path) { return wire_.text(endpoints_.opsd + path); }
    nlohmann::json gateway(const std::string& path) { return wire_.get(endpoints_.gateway + path); }
    std::string gatewayText(const std::string& path) { return wire_.text(endpoints_.gateway + path); }

    TourStage& stage() { return stage_; }
    TourFigures& figures() { return transcript_.figures; }
    void setEndpoints(Endpoints endpoints);
    std::filesystem::path folder() const { return folder_; }

signals:
    /// For whoever shows how far it is.
    void progressed(const QString& claim, bool ok);

private:
    TourStage stage_;
    std::filesystem::path folder_;
    Endpoints endpoints_;
    WireReader wire_;
    Transcript transcript_;
    QElapsedTimer clock_;
    int pictures_ = 0;
    bool failed_ = false;
};

/// The demo story of the design, step by step; false at the first step that did not happen.
bool playStory(Tour& tour);

}  // namespace qd::app
