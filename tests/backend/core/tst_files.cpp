#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

#include "core/files.hpp"

using namespace qd::core;

class TestFiles : public QObject {
    Q_OBJECT

private slots:
    void writesWholeFilesWithTheirMode() {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("token").toStdString();
        QVERIFY(write_file_atomically(path, "first", 0600).has_value());
        QVERIFY(write_file_atomically(path, "second", 0600).has_value());
        QCOMPARE(*read_file(path), std::string("second"));
        struct stat status {};
        QCOMPARE(::stat(path.c_str(), &status), 0);
        QCOMPARE(status.st_mode & 0777, 0600u);
        QCOMPARE(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}), 1);
    }

    void leavesNothingWhenAWriteFails() {
        const auto written = write_file_atomically("/proc/nowhere/file", "x");
        QVERIFY(!written.has_value());
        QVERIFY(written.error().message.find("/proc/nowhere/file") != std::string::npos);
    }

    void limitsWhatItReads() {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("big").toStdString();
        QVERIFY(write_file_atomically(path, std::string(1000, 'x')).has_value());
        QVERIFY(read_file(path, 999).error().code == Errc::too_large);
        QVERIFY(read_file(path, 1000).has_value());
        QVERIFY(read_file(folder.filePath("absent").toStdString()).error().code == Errc::not_found);
    }

    void lockKeepsASecondOwnerOut() {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("lock").toStdString();
        {
            const auto first = LockFile::acquire(path);
            QVERIFY(first.has_value());
            const auto second = LockFile::acquire(path);
            QVERIFY(!second.has_value());
            QVERIFY(second.error().code == Errc::unavailable);
            QVERIFY(second.error().message.find(std::to_string(::getpid())) != std::string::npos);
        }
        QVERIFY(LockFile::acquire(path).has_value());
    }
};

QTEST_GUILESS_MAIN(TestFiles)
#include "tst_files.moc"
