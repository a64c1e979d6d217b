//! A register of something that the program does not know: umbrellas that are lent.

use super::*;
use crate::shared::Act;
use crate::testing;
use crate::testing::dry_run::Look;
use crate::testing::gallery::drawn;
use crate::widgets::{Entry, Picker, Prompt};

#[derive(Debug, Default)]
struct Umbrellas;

#[derive(Debug, Clone, PartialEq)]
struct Umbrella {
    number: u32,
    colour: &'static str,
    lent: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Wish {
    Lend(u32),
    Mend,
}

impl Book for Umbrellas {
    type Row = Umbrella;
    type Id = u32;
    type Detail = String;
    type Wish = Wish;

    fn id(&self, row: &Umbrella) -> u32 {
        row.number
    }

    fn ask_list(&self, offset: usize, _shared: &Shared) -> Ask {
        Ask::People { query: String::new(), limit: offset }
    }

    fn ask(&self, id: &u32) -> Ask {
        Ask::Person(id.to_string().as_str().into())
    }

    fn columns(&self, _rows: &LongList<Umbrella>, _shared: &Shared, width: u16) -> Vec<Column> {
        vec![Column::fixed("号", 4), Column::rest("颜色", 8), Column::fixed("借", width / 8).right()]
    }

    fn cells(&self, row: &Umbrella, shared: &Shared, _width: u16) -> Vec<Cell> {
        let lent = if row.lent { shared.glyphs.check } else { shared.glyphs.empty };
        let meaning = if row.lent { Meaning::Warn } else { Meaning::Good };
        vec![row.number.to_string().into(), row.colour.into(), Cell::new(lent, meaning)]
    }

    fn brief(&self, row: &Umbrella, page: &mut Page) -> String {
        page.fact("颜色", row.colour);
        page.fact("缺损", "");
        page.heading("Remarks");
        page.add(0, "It stands in the hall, and whoever takes it writes down when they bring it back.", Meaning::Text);
        format!("雨伞 {}", row.number)
    }

    fn write(&self, detail: &String, page: &mut Page) {
        for year in 2000..2040 {
            page.add(0, &format!("{year}  {detail}"), Meaning::Text);
        }
    }
}

fn register() -> Register<Umbrellas> {
    let mut register = Register::<Umbrellas>::default();
    let colours = ["黑色", "红底白点", "black", "透明"];
    let umbrella =
        |number: u32| Umbrella { number, colour: colours[number as usize % 4], lent: number.is_multiple_of(3) };
    register.rows.put_all((1..=50).map(umbrella).collect());
    register.rows.list.select(1);
    register
}

fn words(id: u32) -> Front<Wish> {
    let prompt = Prompt::new("借出", "写明借给谁");
    Front::words(prompt, Wish::Lend(id), "请写明借给谁".to_owned(), (70, 8))
}

#[test]
fn it_looks_right_in_every_look() {
    let mut opened = register();
    opened.opened =
        Some(Opened { id: 2, detail: Some(Box::new("借出，次日归还".to_owned())), reader: Reader::default() });
    let (mut writing, mut choosing) = (register(), register());
    writing.ask(words(2));
    let entries = vec![Entry::new(Wish::Lend(2), "借出", "登记借给谁", ""), Entry::new(Wish::Mend, "修理", "", "")];
    choosing.ask(Front::choice(Picker::one("雨伞", entries), "输入查找".to_owned(), (60, 9)));
    for look in Look::gallery() {
        for (name, register) in
            [("list", &register()), ("opened", &opened), ("writing", &writing), ("choosing", &choosing)]
        {
            let drawn = drawn(&look, |shared, canvas, area| {
                canvas.text(area.x, area.y, "50 把雨伞", area.width, Meaning::Title);
                register.view(shared, canvas, area, 1, ("没有雨伞", Meaning::Dim));
            });
            insta::assert_snapshot!(format!("{name}-{}", look.name()), drawn);
        }
    }
}

/// What `work` asks for.
fn acts<T>(work: impl FnOnce(&mut Cx) -> T) -> (T, Vec<Act>) {
    let shared = testing::shared();
    let mut cx = Cx::new(&shared);
    let outcome = work(&mut cx);
    (outcome, cx.into_acts())
}

#[test]
fn one_is_opened_by_enter_or_a_second_click_and_closed_by_esc() {
    let mut register = register();
    let (did, asked) = acts(|cx| register.run(Command::ListOpen, cx));
    assert_eq!((did, asked.len(), register.opened()), (Did::Taken, 1, Some(&2)));
    assert!(!register.put(&3, &"another's, late".to_owned()) && register.detail().is_none());
    assert!(register.put(&2, &"its own".to_owned()) && !register.put(&2, &"again".to_owned()));
    assert_eq!(register.current().map(|row| row.number), Some(2));
    assert_eq!(acts(|cx| register.click(Hit::Row(7), cx)).0, Did::Nothing, "the list is not seen");
    assert_eq!(acts(|cx| register.run(Command::Back, cx)).0, Did::Closed);
    assert_eq!(acts(|cx| register.run(Command::Back, cx)).0, Did::Nothing);
    acts(|cx| register.click(Hit::Row(7), cx));
    assert_eq!((register.opened(), register.current().map(|row| row.number)), (None, Some(8)));
    acts(|cx| register.click(Hit::Row(7), cx));
    assert_eq!(register.opened(), Some(&8));
}

#[test]
fn what_lies_in_front_has_the_keys_and_says_what_it_was_for() {
    let mut register = register();
    register.ask(words(9));
    assert_eq!(register.scopes(&[Scope::Staff]), [Scope::Form]);
    let (did, acts_then) = acts(|cx| register.run(Command::FormActivate, cx));
    assert_eq!(did, Did::Taken);
    assert!(matches!(&acts_then[..], [Act::Notify(notice)] if notice.text == "请写明借给谁"));
    assert!(register.input(&Input::Text("王小明".into())));
    let (did, _) = acts(|cx| register.run(Command::FormActivate, cx));
    assert_eq!(did, Did::Written(Wish::Lend(9), "王小明".to_owned()));
    assert!(!register.is_covered() && !register.input(&Input::Text("?".into())));

    register.ask(Front::choice(Picker::one("", vec![Entry::new(Wish::Mend, "修理", "", "")]), String::new(), (60, 9)));
    assert_eq!(acts(|cx| register.click(Hit::Row(0), cx)).0, Did::Chosen(Wish::Mend));
    register.ask(words(9));
    assert_eq!(acts(|cx| register.run(Command::Back, cx)).0, Did::Taken);
    assert!(!register.is_covered());
}

#[test]
fn one_provision_is_gone_to_and_of_several_one_is_chosen() {
    let mut register = register();
    let go = |cite: &str| Act::Go(Target::Provision(cite.to_owned()));
    assert_eq!(acts(|cx| register.read(&[], cx)).1, []);
    assert_eq!(acts(|cx| register.read(&["16.2".into()], cx)).1, [go("16.2")]);
    assert_eq!(acts(|cx| register.read(&["16.2".into(), "6".into()], cx)).1, []);
    acts(|cx| register.run(Command::ListDown, cx));
    assert_eq!(acts(|cx| register.run(Command::ListOpen, cx)), (Did::Taken, vec![go("6")]));
    assert!(!register.is_covered());
}
