//! Comparing names and numbers: two ways of writing one thing have one plain form.

use std::borrow::Cow;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

use crate::is_hidden;

/// The half-width form of a full-width ASCII character; any blank is a space.
pub fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        _ => c,
    }
}

/// The form in which names and numbers are compared, never shown: without blanks, marks that are
/// not seen, and differences of width, case, brackets, dots, dashes and variant characters. The
/// dot between the parts of a name says nothing, one beside a letter or figure of ASCII does.
pub fn plain(text: &str) -> Cow<'_, str> {
    let same = |c: char| match c {
        'a'..='z' | '0'..='9' => true,
        '\u{4e00}'..='\u{9fff}' => variant(c) == c,
        _ => false,
    };
    if text.chars().all(same) {
        return Cow::Borrowed(text);
    }
    // Twice: a dot or bracket may be a composite, and what it is made of, too.
    let folded: Vec<char> = text.chars().map(sign).nfkc().map(sign).filter(|c| is_seen(*c)).collect();
    let ascii = |at: Option<usize>| at.and_then(|at| folded.get(at)).is_some_and(char::is_ascii_alphanumeric);
    let speaks = |at: usize, c: char| c != '.' || ascii(at.checked_sub(1)) || ascii(at.checked_add(1));
    let kept = folded.iter().enumerate().filter(|(at, c)| speaks(*at, **c));
    Cow::Owned(kept.flat_map(|(_, c)| variant(*c).to_lowercase()).collect())
}

fn is_seen(c: char) -> bool {
    !(c.is_whitespace() || is_hidden(c) || c == '\u{2800}')
}

/// Dots, dashes, brackets and quotation marks, each kind as one of them.
fn sign(c: char) -> char {
    match c {
        '·' | '•' | '‧' | '∙' | '⋅' | '・' | '･' | '．' | '﹒' | '。' | '｡' | '●' | '⸱' | '⸳' | '᛫' | '\u{387}'
        | '˙' | '⦁' => '.',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '─' | '－' | '﹣' | '﹘' => '-',
        '（' | '〔' | '【' | '［' | '〈' | '《' | '｛' | '〖' | '〘' | '﹙' | '﹝' | '﹛' | '[' | '{' | '<' => {
            '('
        }
        '）' | '〕' | '】' | '］' | '〉' | '》' | '｝' | '〗' | '〙' | '﹚' | '﹞' | '﹜' | ']' | '}' | '>' => {
            ')'
        }
        '“' | '”' | '„' | '‟' | '〝' | '〞' | '「' | '」' | '『' | '』' | '＂' => '"',
        '‘' | '’' | '‚' | '‛' | '＇' | 'ʼ' => '\'',
        _ => c,
    }
}

/// A variant of a character as the character that stands in a register.
fn variant(c: char) -> char {
    static BY_VARIANT: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
        let all: Vec<char> = VARIANTS.chars().collect();
        let mut pairs: Vec<(char, char)> =
            all.as_chunks().0.iter().map(|[variant, usual]| (*variant, *usual)).collect();
        pairs.sort_unstable();
        pairs
    });
    BY_VARIANT.binary_search_by_key(&c, |(variant, _)| *variant).map_or(c, |at| BY_VARIANT[at].1)
}

/// Each variant before what it is a variant of: traditional forms, old prints, and forms that
/// input methods give. Only such as are one character to a register: 喆 and 哲 are two names.
const VARIANTS: &str = "\
    並并併并來来倉仓倫伦偉伟側侧傑杰傘伞備备傚效傢家傭佣傳传億亿優优儲储內内兩两冊册凍冻凞熙凱凯剣剑劉刘劍剑効效勁劲勅敕勑敕動动務务勛勋勝胜勞劳勳勋勵励匯汇區区協协厤历吳吴\
    吿告呂吕呉吴呌叫問问啓启啟启喪丧喬乔單单嘯啸嚴严囯国圀国國国圍围園园圓圆圖图團团堅坚場场塊块塗涂墊垫墻墙壯壮壽寿夢梦奐奂奧奥妝妆姍姗娛娱婁娄媽妈嬋婵嬌娇孫孙學学孿孪宮宫\
    寗宁實实寧宁審审寫写寬宽寳宝寶宝専专將将專专對对導导屆届岡冈峯峰島岛崗岗嵐岚嶋岛嶺岭嶼屿嶽岳帥帅師师帳帐帶带幣币幾几庫库廈厦廚厨廟庙廠厂廢废廣广張张強强彊强彎弯彔录彥彦\
    徑径從从復复徳德徹彻恆恒恵惠悅悦悳德愛爱愼慎慶庆憲宪憶忆懇恳懷怀戀恋戔戋戰战戶户戸户挙举捨舍掃扫掛挂採采揚扬換换揮挥搖摇擁拥擇择擔担據据攔拦攝摄攤摊敍叙敎教敘叙敵敌數数\
    斂敛斉齐斎斋斷断旹时昻昂時时晉晋晝昼暁晓暉晖曄晔曆历曉晓曠旷會会朶朵東东枱台栢柏條条棄弃棲栖椶棕楊杨楨桢業业極极榮荣槀槁樂乐樓楼標标樣样権权樹树橋桥機机檢检檯台櫃柜櫻樱\
    欄栏權权欽钦歐欧歡欢歲岁歳岁歷历殘残殺杀毘毗氣气汙污決决沒没沖冲沢泽況况洩泄淚泪淨净淸清減减湧涌湯汤湻淳溝沟溫温滄沧滅灭滙汇滬沪滷卤滿满漢汉漣涟潔洁潛潜潤润澂澄澤泽濟济\
    濤涛濱滨濶阔瀟潇瀨濑瀾澜灑洒灣湾為为烏乌無无煇辉煒炜煕熙煙烟熱热燁烨燈灯燒烧燦灿爍烁爐炉爲为爺爷爾尔牀床牆墙狀状獅狮獎奖獨独獲获獻献玆兹珎珍現现琍璃琺珐瑋玮瑤瑶瑩莹瑪玛\
    璉琏環环瓊琼甁瓶產产産产甯宁畝亩畢毕畫画異异當当疊叠療疗發发皡皞盜盗盞盏監监盤盘盧卢眞真眾众砲炮硏研磚砖礎础礪砺祕秘祿禄禎祯禦御禪禅禮礼稅税稈秆種种稱称穀谷積积穎颖穩稳\
    窩窝窯窑竜龙竝并竪竖競竞筆笔筍笋節节範范築筑簡简簫箫籃篮粧妆粵粤糞粪糧粮紀纪紅红紋纹納纳純纯紗纱紙纸級级紡纺細细紹绍終终組组結结絕绝絡络絨绒絲丝經经綠绿維维綱纲網网綵彩\
    綸纶綺绮緊紧緑绿緒绪緖绪線线緣缘編编緩缓緯纬練练縣县縫缝縮缩縱纵總总織织繡绣繪绘繼继續续纖纤罰罚羅罗羣群羥羟義义習习翹翘聖圣聞闻聯联聰聪聲声職职聽听肅肃脅胁脈脉脫脱腦脑\
    膠胶臉脸臘腊臨临臺台與与興兴舉举舖铺舘馆艦舰艷艳芻刍荘庄莊庄華华菴庵萬万葉叶葯药蓮莲蔔卜蔣蒋蔭荫蕩荡蕭萧薑姜薦荐薩萨藍蓝藝艺藥药蘆芦蘇苏蘊蕴蘋苹蘭兰處处虛虚號号蝦虾螢萤\
    蟬蝉蟲虫蠶蚕蠻蛮衆众術术衛卫衞卫裏里補补裝装製制複复褲裤襪袜規规視视親亲覺觉覽览觀观訂订計计訊讯訓训託托記记訪访設设許许訴诉診诊証证評评詞词詠咏詢询試试詩诗話话認认語语\
    誠诚誤误說说説说課课調调請请論论諮咨諾诺謀谋謂谓謙谦講讲謝谢謹谨證证識识譚谭譯译議议護护譽誉讀读變变讓让讚赞豊丰豐丰豔艳貓猫貞贞負负財财貢贡貨货販贩貫贯貴贵買买費费貿贸\
    賀贺賃赁資资賈贾賓宾賜赐賞赏賢贤賣卖賤贱賦赋質质賬账賭赌賴赖購购賽赛贇赟贈赠贊赞贏赢趕赶趙赵跡迹踐践躍跃躭耽車车軍军軒轩軟软軼轶較较載载輔辅輕轻輛辆輝辉輪轮輯辑輸输轉转\
    轟轰辦办辭辞農农迴回逕径連连進进遊游運运過过達达違违遜逊遞递遠远適适遲迟遷迁選选遺遗還还邊边邨村郵邮鄉乡鄒邹鄔邬鄧邓鄭郑鄰邻鄺邝酈郦醫医醬酱釀酿釆采釋释鈔钞鈕钮鈞钧鈴铃\
    鈺钰銀银銅铜銓铨銘铭銳锐鋁铝鋒锋鋪铺鋭锐鋼钢錄录錚铮錢钱錦锦錫锡録录鍋锅鍵键鍾钟鎔熔鎖锁鎧铠鎮镇鏈链鏡镜鏢镖鐘钟鐵铁鐸铎鑄铸鑑鉴鑒鉴鑰钥鑽钻長长門门閃闪閆闫開开閏闰閑闲\
    閒闲間间関关閣阁閩闽閱阅閲阅閻阎闆板闊阔闕阙關关陝陕陣阵陰阴陳陈陸陆陽阳隊队隕陨際际隣邻隨随險险隱隐隸隶雋隽雙双雜杂雞鸡離离難难雲云電电霊灵霧雾靈灵靑青靜静鞏巩韋韦韓韩\
    響响頁页項项順顺須须頌颂預预頓顿領领頡颉頭头頴颖頻频頼赖顆颗題题顏颜顔颜願愿類类顧顾顯显風风飄飘飛飞飯饭飲饮飼饲飾饰餅饼餘余館馆馬马馭驭馮冯馳驰駐驻駕驾駱骆駿骏騰腾驍骁\
    驗验驚惊驛驿髒脏體体髮发鬥斗鬧闹魚鱼魯鲁鮑鲍鮮鲜鯉鲤鱔鳝鱗鳞鱸鲈鳥鸟鳳凤鳴鸣鴉鸦鴛鸳鴦鸯鴨鸭鴻鸿鴿鸽鵑鹃鵝鹅鵬鹏鶴鹤鷄鸡鷹鹰鸝鹂鹵卤鹽盐麗丽麥麦麩麸麪面麵面麼么麽么黃黄\
    黙默點点黨党黴霉齊齐齋斋齡龄龍龙龐庞龔龚龜龟";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ways_of_writing_one_thing_are_alike() {
        for (one, other) in [
            ("辅００１Ａ", "辅001a"),
            ("X1", "X\u{200b}1"),
            ("\u{202d}X2\u{202c}", "x2"),
            ("张\u{3000}伟", "张伟"),
            ("张\u{a0}\u{2003}伟 ", "\t张伟\n"),
            ("买买提·吐尔逊", "买买提•吐尔逊"),
            ("买买提·吐尔逊", "买买提．吐尔逊"),
            ("买买提·吐尔逊", "买买提・吐尔逊"),
            ("买买提·吐尔逊", "买买提‧吐尔逊"),
            ("买买提·吐尔逊", "买买提 . 吐尔逊"),
            ("买买提·吐尔逊", "买买提吐尔逊"),
            ("A.1", "Ａ．１"),
            ("某便利店（人民路）", "某便利店(人民路)"),
            ("某便利店（人民路）", "某便利店【人民路】"),
            ("海政规〔2022〕7号", "海政规[2022]7号"),
            ("“好再来”便利店", "「好再来」便利店"),
            ("A-01", "A－01"),
            ("A-01", "A—01"),
            ("张伟", "張偉"),
            ("黄强", "黃強"),
            ("吕真", "呂眞"),
            ("李\u{f9e4}", "李理"),
            ("⼤力", "大力"),
            ("葛\u{e0100}", "葛"),
            ("某店①", "某店1"),
            ("O'Neil", "o’neil"),
        ] {
            assert_eq!(plain(one), plain(other), "{one:?} and {other:?}");
        }
    }

    #[test]
    fn what_differs_stays_different() {
        for (one, other) in [
            ("张伟", "张炜"),
            ("王喆", "王哲"),
            ("张三", "张三便利店"),
            ("X1", "X11"),
            ("1.2", "12"),
            ("A-1", "A1"),
            ("3.5元店", "35元店"),
            ("某店(一)", "某店一"),
            ("", "·1"),
        ] {
            assert_ne!(plain(one), plain(other), "{one:?} and {other:?}");
        }
    }

    #[test]
    fn what_is_plain_stays_as_it_is() {
        assert!(matches!(plain("张伟x1"), Cow::Borrowed(_)));
        for text in ["Ａ·b", "買買提・吐爾遜", "〔2022〕7号", "\u{1f}", "。1。"] {
            let once = plain(text).into_owned();
            assert_eq!(plain(&once), once);
        }
        let (variants, usual): (Vec<_>, Vec<_>) = VARIANTS.chars().enumerate().partition(|(at, _)| at % 2 == 0);
        assert_eq!(variants.len(), usual.len());
        for (_, c) in usual {
            assert_eq!(variant(c), c, "{c} is both");
        }
    }
}
