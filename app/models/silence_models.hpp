#pragma once
#include "app/models/keyed_table_model.hpp"
#include "silences/alert.hpp"

namespace qd::app {

/// An alert as it stands at a moment: its age is a part of it, so that a row changes when its text does.
struct SeenAlertRow {
    silences::Alert alert;
    QString age;

    bool operator==(const SeenAlertRow&) const = default;
};

class SeenAlertModel : public KeyedTableModel<SeenAlertRow> {
public:
    enum ColumnIndex : int { AlertState, What, Service, Source, Age, Incident, SilencedBy, ColumnCount };
    explicit SeenAlertModel(QObject* parent = nullptr);
};

std::vector<SeenAlertRow> rowsOf(const std::vector<silences::Alert>& alerts, qint64 nowMs);

/// A silence and how long it lasts still, or when it begins or ended.
struct SilenceRow {
    silences::ListedSilence listed;
    QString left;

    bool operator==(const SilenceRow&) const = default;
};

class SilenceModel : public KeyedTableModel<SilenceRow> {
public:
    enum ColumnIndex : int { SilenceState, Matchers, Left, Firing, Source, By, ColumnCount };
    explicit SilenceModel(QObject* parent = nullptr);
};

std::vector<SilenceRow> rowsOf(const std::vector<silences::ListedSilence>& silences, qint64 nowMs);

/// "Quarterdeck", or the Alertmanager's name.
QString sourceName(const std::string& source);

}  // namespace qd::app
