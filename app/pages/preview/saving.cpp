#include "app/pages/preview/saving.hpp"

#include <QBuffer>
#include <QDir>
#include <filesystem>

#include "app/shell/session.hpp"
#include "core/files.hpp"

namespace qd::app {

QByteArray pngOf(const QImage& image) {
    QByteArray png;
    QBuffer buffer(&png);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return png;
}

QString savingFolder(QStandardPaths::StandardLocation where) {
    QString base = QStandardPaths::writableLocation(where);
    if (base.isEmpty()) base = QDir::homePath();
    return QDir(base).filePath(QStringLiteral("quarterdeck"));
}

void saveFile(Session& session, const QString& file, QByteArray bytes,
              std::function<void(core::Result<>)> then) {
    auto told = deliver<void>(&session, std::move(then));
    session.link().executor().post([told, file = std::filesystem::path(file.toStdString()), bytes] {
        std::error_code error;
        std::filesystem::create_directories(file.parent_path(), error);
        if (error)
            return told(core::fail(core::Errc::io, "{} cannot be made: {}", file.parent_path().string(),
                                   error.message()));
        told(core::write_file_atomically(file, std::string_view(bytes.constData(), std::size_t(bytes.size())),
                                         0600));
    });
}

}  // namespace qd::app
