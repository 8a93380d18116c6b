#pragma once
#include <vector>

#include "app/adapters/catalog_adapter.hpp"
#include "app/models/keyed_table_model.hpp"
#include "opsclient/site.hpp"

namespace qd::app {

/// The site's processes.
class ProcessModel : public KeyedTableModel<opsclient::Process> {
public:
    enum ColumnIndex : int { Instance, Role, Version, Arm, Health, Age, Restarts, Address, ColumnCount };
    explicit ProcessModel(QObject* parent = nullptr);
};

/// The catalog. Posters are asked of the adapter when a row is painted.
class TitleModel : public KeyedTableModel<Title> {
public:
    enum ColumnIndex : int { Poster, Name, State, Duration, Picture, Renditions, Created, ColumnCount };
    explicit TitleModel(CatalogAdapter* posters, QObject* parent = nullptr);
};

}  // namespace qd::app
