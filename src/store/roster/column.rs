//! The columns of a roster sheet and the headings they go by.

use std::sync::LazyLock;

use auxlog_sheet::value::fold;
use auxlog_sheet::{Field, Fields, Shape};

use super::value::{STATUSES, outcomes};

/// Whose sheet or row it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// 辅助人员.
    Auxiliary,
    /// 执法人员.
    Officer,
}

/// A column of a roster sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    /// 编号.
    Number,
    /// 姓名.
    Name,
    /// 人员类别: which kind, on a sheet that holds both.
    KindOfPerson,
    /// 所属单位.
    Agency,
    /// 单位编码.
    AgencyCode,
    /// 部门.
    Unit,
    /// 在岗状态.
    Status,
    /// 出生日期.
    Born,
    /// 身份证号: read for the date of birth only, never kept.
    IdentityNumber,
    /// 工作证号 or 执法证号.
    Certificate,
    /// 发证日期.
    CertificateFrom,
    /// 有效期至.
    CertificateUntil,
    /// 岗前培训.
    Training,
    /// 培训日期.
    TrainedOn,
    /// 考核结果.
    Assessment,
    /// 考核日期.
    AssessedOn,
    /// 专业资格.
    Qualifications,
    /// 回避对象: recusal was decided unless the cell says otherwise.
    Recusals,
    /// 利害关系: known only, unless the cell says otherwise.
    Relations,
    /// 劳务派遣单位.
    DispatchedBy,
    /// 姓名拼音.
    Pinyin,
    /// 离职日期.
    LeftOn,
    /// 状态日期: since when the standing is what it is.
    StatusSince,
    /// 序号, 性别, 备注 and the like: understood and not needed.
    Ignored,
}

/// The headings of each column: the one that we write, and name in messages, then what else people call it,
/// each as [`Fields`] compares them.
const HEADINGS: &[(Column, &str)] = &[
    (
        Column::Number,
        "编号 人员编号 工号 辅助人员编号 辅助编号 执法人员编号 执法编号 员工编号 警号 职工编号 number id no",
    ),
    (Column::Name, "姓名 名字 人员姓名 辅助人员姓名 执法人员姓名 name"),
    (Column::KindOfPerson, "人员类别 人员类型 类别 人员性质 身份 岗位类别 kind type"),
    (
        Column::Agency,
        "所属单位 单位 单位名称 用人单位 使用单位 执法机关 行政执法机关 执法单位 工作单位 所在单位 所属机关 机关 \
         agency agencyname",
    ),
    (Column::AgencyCode, "单位编码 单位代码 单位编号 机关编码 机关代码 机构编码 机构代码 agencycode agencyid"),
    (Column::Unit, "部门 中队 大队 所属部门 所属中队 科室 内设机构 所在部门 所在中队 队伍 岗位 unit"),
    (Column::Status, "在岗状态 状态 在岗情况 人员状态 在职状态 在职情况 任职状态 status"),
    (Column::Born, "出生日期 出生年月日 出生年月 生日 born birthday dateofbirth"),
    (Column::IdentityNumber, "身份证号 身份证号码 身份证 公民身份号码 居民身份证号"),
    (
        Column::Certificate,
        "证件编号 工作证号 工作证件号 工作证编号 工作证件编号 工作证 工作证件 辅助工作证号 证件号 证号 证件号码 \
         执法证号 执法证 执法证件号 执法证编号 执法证号码 行政执法证号 行政执法证件号 工作证证号 工作证件证号 \
         执法证证号 工作证件号码 certificate certificateno",
    ),
    (
        Column::CertificateFrom,
        "发证日期 有效期起 证件有效期起 有效期开始 有效期自 领证日期 工作证发证日期 工作证有效期起 执法证发证日期 \
         执法证有效期起 证件发证日期 certificatefrom",
    ),
    (
        Column::CertificateUntil,
        "有效期至 证件有效期至 有效期 证件有效期 有效期止 有效期截止 有效截止日期 到期日期 有效期限 证件到期日 \
         截止日期 工作证有效期 工作证有效期至 执法证有效期 执法证有效期至 工作证件有效期至 certificateuntil \
         validuntil",
    ),
    (Column::Training, "岗前培训 培训结果 培训情况 培训 岗前培训结果 岗前培训情况 培训考试结果 是否培训合格 training"),
    (Column::TrainedOn, "培训日期 培训时间 岗前培训日期 岗前培训时间 trainedon"),
    (Column::Assessment, "考核结果 考核情况 考核 年度考核 年度考核结果 考核等次 最近考核 最近考核结果 assessment"),
    (Column::AssessedOn, "考核日期 考核时间 最近考核日期 assessedon"),
    (Column::Qualifications, "专业资格 职业资格 资格证书 资质 专业资质 职业资格证书 持有资格 qualifications"),
    (Column::Recusals, "回避对象 回避 应回避对象 回避情况 回避事项 recusals"),
    (Column::Relations, "利害关系 利害关系人 关系人 已知关系 利害关系对象 relations"),
    (Column::DispatchedBy, "劳务派遣单位 派遣单位 劳务派遣机构 派遣机构 派遣公司 劳务公司 劳务派遣公司 dispatchedby"),
    (Column::Pinyin, "姓名拼音 拼音 读音 姓名读音 pinyin"),
    (
        Column::LeftOn,
        "离职日期 离岗日期 离职时间 离岗时间 离队日期 解聘日期 离任日期 退休日期 退休时间 调离日期 调离时间 \
         调出日期 辞职日期 辞退日期 lefton",
    ),
    (
        Column::StatusSince,
        "状态日期 状态时间 状态变更日期 状态变动日期 在岗状态日期 停岗日期 停岗起始日期 停职起始日期 停工日期 \
         状态起始日期 状态生效日期 停岗时间 停职日期 停职时间 暂停日期 停止工作日期 借调日期 statussince",
    ),
    (
        Column::Ignored,
        "序号 性别 备注 学历 文化程度 民族 政治面貌 联系电话 手机 手机号 手机号码 电话 职务 职级 入职日期 \
         入职时间 到岗日期 聘用日期 户籍 籍贯 住址 照片 年龄 合同期限 remark remarks",
    ),
];

/// All columns that a roster may have.
pub(super) static FIELDS: LazyLock<Fields<Column>> = LazyLock::new(|| {
    Fields::new(HEADINGS.iter().map(|(column, headings)| Field::new(*column, headings, column.shape())))
});

impl Column {
    pub(super) fn shape(self) -> Shape {
        match self {
            Self::Number | Self::AgencyCode | Self::IdentityNumber => Shape::Code,
            Self::Status => Shape::choice(&STATUSES),
            Self::Training => outcomes("未培训"),
            Self::Assessment => outcomes("未考核"),
            Self::Born | Self::TrainedOn | Self::AssessedOn => Shape::PastDay,
            Self::CertificateFrom | Self::LeftOn | Self::StatusSince => Shape::Day,
            Self::CertificateUntil => Shape::LastDay,
            Self::Ignored => Shape::Ignored,
            Self::Name
            | Self::KindOfPerson
            | Self::Agency
            | Self::Unit
            | Self::Certificate
            | Self::Qualifications
            | Self::Recusals
            | Self::Relations
            | Self::DispatchedBy
            | Self::Pinyin => Shape::Line,
        }
    }

    /// The heading that we write, and name in messages.
    pub fn heading(self) -> &'static str {
        FIELDS.get(self).map_or("", Field::heading)
    }

    /// The columns whose absence changes a verdict, so that an import points it out.
    pub fn needed(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Auxiliary => {
                &[Self::Certificate, Self::CertificateUntil, Self::Training, Self::Assessment, Self::Born]
            }
            Kind::Officer => &[Self::Certificate, Self::CertificateUntil],
        }
    }
}

/// Whose sheet it is, by its name and title rows: the first that says.
pub(super) fn kind_named(text: &str) -> Option<Kind> {
    let text = fold(text);
    // 行政执法辅助人员 holds 执法 too, so the auxiliary's words are looked for first.
    if ["辅助", "协管", "辅员", "协勤", "auxiliar"].iter().any(|word| text.to_lowercase().contains(word)) {
        Some(Kind::Auxiliary)
    } else if ["执法", "officer", "在编", "队员"].iter().any(|word| text.to_lowercase().contains(word)) {
        Some(Kind::Officer)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_heading_means_two_columns_and_those_we_write_are_read_back() {
        for (column, names) in HEADINGS {
            for name in names.split_whitespace() {
                assert_eq!(FIELDS.meant_by(name).map(|field| field.key), Some(*column), "{name}");
            }
        }
    }

    #[test]
    fn sheets_say_whose_they_are() {
        assert_eq!(kind_named("行政执法辅助人员名册"), Some(Kind::Auxiliary));
        assert_eq!(kind_named("执法人员"), Some(Kind::Officer));
        assert_eq!(kind_named("Sheet1"), None);
    }
}
