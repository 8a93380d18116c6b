#include "app/pages/catalog/catalog_page.hpp"

#include <QDragEnterEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>

#include "app/pages/catalog/poster_delegate.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/progress_strip.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kMaxDropped = 32;

QStringList filesOf(const QMimeData* data) {
    QStringList files;
    for (const QUrl& url : data->urls())
        if (url.isLocalFile() && QFileInfo(url.toLocalFile()).isFile()) files << url.toLocalFile();
    return files.mid(0, kMaxDropped);
}

}  // namespace

CatalogPage::CatalogPage(Session& session, QWidget* parent)
    : DataPage(session, QStringLiteral("Catalog"), QStringLiteral("Drop video files here to upload them."),
               false, parent) {
    setAcceptDrops(true);
    follow(session.catalog());
    uploads_ = new Card(QStringLiteral("Uploads"), content());
    uploadRows_ = new QVBoxLayout;
    uploadRows_->setSpacing(space::sm);
    uploads_->body()->addLayout(uploadRows_);
    uploads_->setVisible(false);
    body()->addWidget(uploads_);
    body()->addWidget(makeTable(), 1);
    connect(&session.catalog(), &CatalogAdapter::uploadsChanged, this, &CatalogPage::showUploads);
    connect(&session.catalog(), &CatalogAdapter::posterArrived, this, [this](const QString& id) {
        const int row = model_->indexOf(id);
        if (row >= 0)
            emit model_->dataChanged(model_->index(row, TitleModel::Poster),
                                     model_->index(row, TitleModel::Poster));
    });
}

QWidget* CatalogPage::filterField() {
    return filter_;
}

QWidget* CatalogPage::firstFocus() {
    return table_;
}

QWidget* CatalogPage::makeTable() {
    auto* card = new Card(content());
    filter_ = new FilterField(QStringLiteral("Filter titles"), card);
    header()->addControl(filter_);
    header()->addControl(
        new ActionButton(session().actions(), QStringLiteral("catalog.delete"), ButtonKind::Plain, this));
    header()->addControl(
        new ActionButton(session().actions(), QStringLiteral("catalog.play"), ButtonKind::Plain, this));
    header()->addControl(
        new ActionButton(session().actions(), QStringLiteral("catalog.upload"), ButtonKind::Primary, this));
    model_ = new TitleModel(&session().catalog(), this);
    proxy_ = new QSortFilterProxyModel(this);
    proxy_->setSourceModel(model_);
    proxy_->setSortRole(SortRole);
    proxy_->setFilterCaseSensitivity(Qt::CaseInsensitive);
    proxy_->setFilterKeyColumn(TitleModel::Name);
    table_ = new TableView(card);
    table_->setModel(proxy_);
    table_->setItemDelegateForColumn(TitleModel::Poster, new PosterDelegate(table_));
    table_->setItemDelegateForColumn(TitleModel::State, new StatusDelegate(table_));
    table_->setItemDelegateForColumn(TitleModel::Duration, new NumberDelegate(table_));
    table_->setColumnLayout({PosterDelegate::kWidth, 0, 160, 90, 190, 190, 130});
    table_->verticalHeader()->setDefaultSectionSize(PosterDelegate::kHeight);
    auto* empty = table_->setEmptyContent(
        Icon::Catalog, QStringLiteral("No title here"),
        QStringLiteral("Upload a video file: press U, or drop it anywhere on this page."));
    Q_UNUSED(empty);
    table_->setAccessibleName(QStringLiteral("Titles"));
    filter_->attach(this, table_);
    connect(filter_, &FilterField::filterChanged, proxy_, &QSortFilterProxyModel::setFilterFixedString);
    connect(table_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        session().selection().setTitle(index.isValid() ? index.data(KeyRole).toString() : QString());
        session().actions().updateEnabled();
    });
    connect(table_, &TableView::rowActivated, this,
            [this] { session().actions().trigger(QStringLiteral("catalog.play")); });
    card->body()->addWidget(table_);
    return card;
}

bool CatalogPage::open(const QString& id) {
    const int row = model_->indexOf(id);
    if (row < 0) return false;
    table_->setCurrentIndex(proxy_->mapFromSource(model_->index(row, 0)));
    return true;
}

void CatalogPage::showData() {
    model_->update(session().catalog().titles());
    if (!table_->currentIndex().isValid() && proxy_->rowCount() > 0)
        table_->setCurrentIndex(proxy_->index(0, 0));
    session().actions().updateEnabled();
    showUploads();
}

void CatalogPage::showUploads() {
    const auto& uploads = session().catalog().uploads();
    uploads_->setVisible(!uploads.empty());
    for (const Upload& upload : uploads) {
        QWidget*& row = shownUploads_[upload.id];
        if (!row) {
            row = new QWidget(uploads_);
            auto* line = new QHBoxLayout(row);
            line->setContentsMargins(0, 0, 0, 0);
            line->setSpacing(space::md);
            line->addWidget(new ProgressStrip(row), 1);
            auto* cancel = makeButton(QStringLiteral("Cancel"), ButtonKind::Quiet, row);
            connect(cancel, &QPushButton::clicked, this, [this, id = upload.id] {
                const auto& all = session().catalog().uploads();
                const auto at =
                    std::find_if(all.begin(), all.end(), [id](const Upload& u) { return u.id == id; });
                if (at != all.end() && at->done)
                    session().catalog().clearUploads();
                else
                    session().catalog().cancelUpload(id);
            });
            line->addWidget(cancel);
            uploadRows_->addWidget(row);
        }
        auto* strip = row->findChild<ProgressStrip*>();
        const double share =
            upload.totalBytes > 0 ? double(upload.sentBytes) / double(upload.totalBytes) : qQNaN();
        strip->setProgress(upload.done && upload.error.isEmpty() ? 1.0 : share);
        strip->setState(!upload.error.isEmpty() ? State::Bad : upload.done ? State::Good : State::Info);
        QString tail =
            QStringLiteral("%1 of %2")
                .arg(formatBytes(double(upload.sentBytes)), formatBytes(double(upload.totalBytes)));
        if (upload.done)
            tail = upload.error.isEmpty() ? QStringLiteral("uploaded; it is encoded now") : upload.error;
        strip->setText(QStringLiteral("%1 – %2").arg(upload.title, tail));
        row->findChild<QPushButton*>()->setText(upload.done ? QStringLiteral("Clear")
                                                            : QStringLiteral("Cancel"));
    }
    for (auto it = shownUploads_.begin(); it != shownUploads_.end();) {
        const bool still =
            std::any_of(uploads.begin(), uploads.end(), [&](const Upload& u) { return u.id == it.key(); });
        if (!still) {
            it.value()->deleteLater();
            it = shownUploads_.erase(it);
        } else {
            ++it;
        }
    }
}

void CatalogPage::dragEnterEvent(QDragEnterEvent* event) {
    if (filesOf(event->mimeData()).isEmpty()) return;
    event->acceptProposedAction();
    dropping_ = true;
    update();
}

void CatalogPage::dragLeaveEvent(QDragLeaveEvent*) {
    dropping_ = false;
    update();
}

void CatalogPage::dropEvent(QDropEvent* event) {
    dropping_ = false;
    update();
    for (const QString& file : filesOf(event->mimeData()))
        session().actions().invoke(
            QStringLiteral("catalog.upload"),
            {{QStringLiteral("file"), file}, {QStringLiteral("title"), QFileInfo(file).completeBaseName()}});
    event->acceptProposedAction();
}

void CatalogPage::paintEvent(QPaintEvent* event) {
    DataPage::paintEvent(event);
    if (!dropping_) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color(Token::Accent), 2, Qt::DashLine));
    painter.setBrush(color(Token::AccentSoft));
    painter.drawRoundedRect(QRectF(rect()).adjusted(6, 6, -6, -6), cornerRadius, cornerRadius);
}

}  // namespace qd::app
