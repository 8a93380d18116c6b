#pragma once
// What is to be played: a title of the site chosen from a list, or any HLS address typed or pasted.

#include <QComboBox>

#include "app/adapters/catalog_adapter.hpp"

namespace qd::app {

class SourceField : public QComboBox {
    Q_OBJECT

public:
    explicit SourceField(QWidget* parent);

    void setTitles(const std::vector<Title>& titles);
    /// The one that plays; an unknown id leaves what is there.
    void setTitle(const QString& id);
    void setAddress(const QString& url);
    /// Empty while an address stands there.
    QString titleId() const;
    void editAddress();

signals:
    void titleChosen(const QString& id);
    void addressTyped(const QString& text);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void entered();
    void choose(const QString& id);

    bool chosen_ = false;
};

}  // namespace qd::app
