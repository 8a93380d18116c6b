#include <QFileDialog>
#include <QFileInfo>

#include "app/pages/catalog/catalog_page.hpp"
#include "app/shell/session.hpp"
#include "widgets/tiles/confirm.hpp"

namespace qd::app {
namespace {

const QString kCatalogGroup = QStringLiteral("Catalog");
const QString kCatalogPage = QStringLiteral("catalog");

const Title* chosenTitle(Session& session) {
    return session.catalog().find(session.selection().title());
}

QString whyOffline(Session& session) {
    return session.link().isLive() ? QString() : QStringLiteral("There is no connection to the site");
}

void askForFiles(Session& session, QWidget* parent) {
    auto* dialog = new QFileDialog(parent, QStringLiteral("Upload videos"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setNameFilters({QStringLiteral("Videos (*.mp4 *.mov *.mkv *.webm *.m4v *.avi *.ts *.mpg)"),
                            QStringLiteral("All files (*)")});
    QObject::connect(dialog, &QFileDialog::filesSelected, &session, [&session](const QStringList& files) {
        for (const QString& file : files)
            session.actions().invoke("catalog.upload",
                                     {{"file", file}, {"title", QFileInfo(file).completeBaseName()}});
    });
    dialog->open();
}

void askToDelete(Session& session, QWidget* parent) {
    const Title* title = chosenTitle(session);
    if (!title) return;
    widgets::Confirmation question;
    question.title = QStringLiteral("Delete \"%1\"?").arg(title->title);
    question.statement = QStringLiteral(
                             "The source, %1 renditions and the poster are removed. Viewers who play it "
                             "stop. This cannot be undone.")
                             .arg(title->renditions.size());
    question.action = QStringLiteral("Delete title");
    question.kind = widgets::ButtonKind::Danger;
    question.reasonRequired = false;
    auto* dialog = new widgets::ConfirmDialog(question, parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    QObject::connect(dialog, &widgets::ConfirmDialog::confirmed, &session, [&session, id = title->id] {
        session.actions().invoke("catalog.delete", {{"id", id}});
    });
    dialog->open();
}

}  // namespace

void addCatalogActions(Session& session, DialogParent parent) {
    session.actions().add(
        {.id = "catalog.upload",
         .title = "Upload",
         .group = kCatalogGroup,
         .shortcut = QKeySequence(Qt::Key_U),
         .run =
             [&session](const QVariantMap& p, Done done) {
                 const QString file = p.value("file").toString();
                 const QFileInfo info(file);
                 if (!info.isFile() || !info.isReadable())
                     return done(core::fail(core::Errc::not_found, "{} cannot be read", file.toStdString()));
                 if (info.size() == 0)
                     return done(core::fail(core::Errc::unprocessable, "{} is empty", file.toStdString()));
                 const QString title = p.value("title", info.completeBaseName()).toString();
                 session.catalog().upload(file, title, std::move(done));
             },
         .ask = [&session, parent] { askForFiles(session, parent()); },
         .blocked = [&session] { return whyOffline(session); },
         .page = kCatalogPage,
         .parameters = {"file", "title"}});
    session.actions().add({.id = "catalog.delete",
                           .title = "Delete",
                           .group = kCatalogGroup,
                           .shortcut = QKeySequence(Qt::Key_Delete),
                           .run =
                               [&session](const QVariantMap& p, Done done) {
                                   const QString id = p.value("id").toString();
                                   // Nothing is deleted by default: the id must be said.
                                   if (id.isEmpty())
                                       return done(core::fail(core::Errc::invalid_argument, "which title?"));
                                   session.catalog().remove(id, std::move(done));
                               },
                           .ask = [&session, parent] { askToDelete(session, parent()); },
                           .blocked = [&session]() -> QString {
                               if (const QString why = whyOffline(session); !why.isEmpty()) return why;
                               return chosenTitle(session) ? QString()
                                                           : QStringLiteral("Choose a title first");
                           },
                           .page = kCatalogPage,
                           .parameters = {"id"}});
    session.actions().add({.id = "catalog.play",
                           .title = "Play",
                           .group = kCatalogGroup,
                           .shortcut = {},
                           .run =
                               [&session](const QVariantMap& p, Done done) {
                                   const QString id = p.value("id", session.selection().title()).toString();
                                   session.actions().invoke("preview.open", {{"id", id}}, std::move(done));
                               },
                           .ask = {},
                           .blocked = [&session]() -> QString {
                               const Title* title = chosenTitle(session);
                               if (!title) return QStringLiteral("Choose a title first");
                               return title->isPlayable() ? QString()
                                                          : QStringLiteral("It cannot be played yet");
                           },
                           .page = kCatalogPage,
                           .parameters = {"id"}});
}

}  // namespace qd::app
