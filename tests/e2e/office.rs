//! An agency as a test needs it: a server with a roster, laptops enrolled.

use crate::support::{Laptop, Serving, expect_exit, text};

/// A roster of three auxiliaries and three officers.
pub(crate) const ROSTER: &str = "\
人员类别,编号,姓名,所属单位,单位编码,在岗状态,出生日期,证件编号,发证日期,有效期至,岗前培训,考核结果
辅助人员,X1,单伟,海安市城市管理局,A01,在岗,1990-05-01,FZ-1,2023-01-01,2099-12-31,合格,合格
辅助人员,X2,王晓梅,海安市城市管理局,A01,在岗,1991-06-02,FZ-2,2023-01-01,2099-12-31,合格,合格
辅助人员,X3,仇建国,海安市城市管理局,A01,在岗,1988-01-02,FZ-3,2023-01-01,2099-12-31,合格,合格
执法人员,O1,李强,海安市城市管理局,A01,在岗,,ZF-1,2023-01-01,2099-12-31,,
执法人员,O2,王芳,海安市城市管理局,A01,在岗,,ZF-2,2023-01-01,2099-12-31,,
执法人员,O3,张敏,海安市城市管理局,A01,在岗,,ZF-3,2023-01-01,2099-12-31,,
";

/// A server with agency A01, its roster, and what administers it.
pub(crate) struct Office {
    pub(crate) machine: Laptop,
    pub(crate) server: Serving,
}

impl Office {
    /// A server that runs, with the roster imported.
    pub(crate) fn open() -> Self {
        let machine = Laptop::new();
        let server = Serving::server(&machine);
        let office = Self { machine, server };
        office.admin(&["agency", "add", "A01", "海安市城市管理局"]);
        let roster = office.machine.write("名册.csv", ROSTER);
        office.admin(&["roster", "import", &roster.display().to_string()]);
        office
    }

    /// Administers the server while it runs.
    #[track_caller]
    pub(crate) fn admin(&self, args: &[&str]) -> String {
        let output = self.machine.run(["admin"].iter().chain(args));
        expect_exit(&output, 0);
        text(&output.stdout)
    }

    /// A code that enrols `officer` without a second step.
    pub(crate) fn code(&self, officer: &str) -> String {
        self.admin(&["code", "--agency", "A01", "--officer", officer, "--approve"]).trim().to_owned()
    }

    /// A laptop of `officer` with this role, synchronised.
    #[track_caller]
    pub(crate) fn laptop(&self, officer: &str, role: &str) -> Laptop {
        let laptop = Laptop::new();
        let code = self.admin(&["code", "--agency", "A01", "--officer", officer, "--role", role, "--approve"]);
        let file = laptop.path("passphrase").display().to_string();
        let (url, code) = (self.server.url(), code.trim().to_owned());
        let args = ["enroll", "--server", &url, "--code", &code, "--cheap-keys", "--new-passphrase-file", &file];
        expect_exit(&laptop.run(args), 0);
        laptop.sync(officer);
        laptop
    }

    /// Enrols `officer` on `laptop`; `host` opens it where others have keys there.
    #[track_caller]
    pub(crate) fn enrol(&self, laptop: &Laptop, officer: &str, host: Option<&str>) {
        let (url, code, file) =
            (self.server.url(), self.code(officer), laptop.path("passphrase").display().to_string());
        let mut args =
            vec!["enroll", "--server", &url, "--code", &code, "--cheap-keys", "--new-passphrase-file", &file];
        if let Some(host) = host {
            args.extend(["--as", host]);
        }
        expect_exit(&laptop.run(args), 0);
    }
}
