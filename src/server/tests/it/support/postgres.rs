//! A PostgreSQL cluster of the tests' own, on loopback, gone with the test process.

use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

struct Cluster {
    port: u16,
    /// Stops the cluster once its standard input closes, that is when this process ends.
    _warden: Child,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The address of a new, empty database.
pub(crate) async fn database() -> String {
    create("").await
}

/// The address of a copy of the database at `url`, which nobody may be connected to.
pub(crate) async fn copy(url: &str) -> String {
    let name = url.rsplit('/').next().expect("a name");
    create(&format!("TEMPLATE {name}")).await
}

async fn create(template: &str) -> String {
    let cluster = CLUSTER.get_or_init(start);
    let name = format!("auxlog{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let base = format!("postgres://postgres@127.0.0.1:{}", cluster.port);
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&format!("{base}/postgres")).await.expect("the cluster answers");
    let statement = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name} {template}"));
    sqlx::query(statement).execute(&pool).await.expect("a database");
    pool.close().await;
    format!("{base}/{name}")
}

fn start() -> Cluster {
    let bin = binaries();
    let dir = tempfile::Builder::new().prefix("auxlog-pg").tempdir().expect("a directory").keep();
    std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o777)).expect("permissions");
    let data = dir.join("data");
    run(&bin, "initdb", &["-D", text(&data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]);
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let options = format!(
        "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={} -c fsync=off -c max_connections=200",
        text(&dir)
    );
    let log = dir.join("log");
    run(&bin, "pg_ctl", &["-D", text(&data), "-o", &options, "-l", text(&log), "-w", "start"]);
    let stop = format!(
        "read _; {} {} -D {} -m immediate stop >/dev/null; rm -rf {}",
        as_postgres().join(" "),
        text(&bin.join("pg_ctl")),
        text(&data),
        text(&dir)
    );
    let warden = Command::new("sh").args(["-c", &stop]).stdin(Stdio::piped()).spawn().expect("a shell");
    Cluster { port, _warden: warden }
}

/// Debian keeps the server's programs out of the way.
fn binaries() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().expect("PostgreSQL is not installed: apt-get install postgresql")
}

/// PostgreSQL refuses to run as root.
fn as_postgres() -> Vec<&'static str> {
    let root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if root { vec!["runuser", "-u", "postgres", "--"] } else { Vec::new() }
}

fn run(bin: &Path, program: &str, arguments: &[&str]) {
    let program = bin.join(program);
    let mut words = as_postgres();
    words.push(text(&program));
    words.extend(arguments);
    // Inherited pipes would stay open in the daemon that pg_ctl leaves behind.
    let status = Command::new(words[0])
        .args(&words[1..])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("it starts");
    assert!(status.success(), "{} failed", program.display());
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of letters")
}
