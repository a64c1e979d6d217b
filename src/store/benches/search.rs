//! Ranked search over 20,000 people, per keystroke.

use std::hint::black_box;
use std::time::Duration;

use auxlog_store::search::{PeopleIndex, Person};
use criterion::{Criterion, criterion_group, criterion_main};

const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕单仇解查区";
const GIVEN: &str = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲红建国志海安宇浩然子涵梓欣怡晨曦";

fn people() -> Vec<(String, String)> {
    let pick = |list: &str, n: usize| list.chars().nth(n % list.chars().count()).unwrap_or('王');
    let name = |n: usize| {
        let two = format!("{}{}", pick(SURNAMES, n), pick(GIVEN, n / 7));
        if n.is_multiple_of(3) { two } else { format!("{two}{}", pick(GIVEN, n / 331 + n)) }
    };
    (0..20_000).map(|n| (name(n), format!("X{n:05}"))).collect()
}

fn search(criterion: &mut Criterion) {
    let people = people();
    let index = PeopleIndex::new(people.iter().map(|(name, number)| Person {
        name,
        pinyin: None,
        number,
        agency: "A01",
        agency_name: "海安市城市管理局",
        unit: Some("城中中队"),
    }));
    let mut group = criterion.benchmark_group("search 20,000 people");
    group.measurement_time(Duration::from_secs(1)).warm_up_time(Duration::from_millis(200)).sample_size(20);
    for query in ["z", "zw", "zhang", "zhangwei", "zwei", "qqq", "张", "张w", "X012", "12", "城管", "zhang wei"] {
        group.bench_function(query, |bencher| bencher.iter(|| index.search(black_box(query), 50)));
    }
    group.finish();
}

criterion_group!(benches, search);
criterion_main!(benches);
