#pragma once
// One console for each site and user: a second start hands over what it was asked to show, and ends.

#include <QObject>
#include <QString>
#include <filesystem>
#include <memory>
#include <optional>

#include "core/files.hpp"
#include "core/result.hpp"

class QLocalServer;
class QLocalSocket;

namespace qd::app {

/// Where the instances of one site meet: `folder` is the user's own (XDG_RUNTIME_DIR), `site` what tells
/// sites apart (a data folder's canonical path, or an address).
struct MeetingPoint {
    std::filesystem::path socket, lock;

    static MeetingPoint of(const std::filesystem::path& folder, const std::string& site);
};

/// $XDG_RUNTIME_DIR; where there is none, the state folder.
std::filesystem::path runtimeDir();

/// One line. "open incident/INC-1", "page learning" or "raise".
inline constexpr int longest_request = 400;  // bytes

/// Held by the first instance; a process that is killed holds nothing, and its socket is taken over.
class SingleInstance : public QObject {
    Q_OBJECT

public:
    /// The first instance gets an object. For any other one the request is handed to the first, and nothing
    /// comes back. Errc::unavailable when the first does not answer within 5 s. Blocks; needs a
    /// QCoreApplication.
    static core::Result<std::unique_ptr<SingleInstance>> enter(const MeetingPoint& point,
                                                               const QString& request);
    ~SingleInstance() override;

signals:
    /// A later start asked for this. Only the same user's processes can.
    void requested(const QString& request);

private:
    explicit SingleInstance(core::LockFile lock);
    core::Result<> listen(const MeetingPoint& point);
    void welcome();
    void read(QLocalSocket* socket);

    core::LockFile lock_;
    QLocalServer* server_;
};

}  // namespace qd::app
