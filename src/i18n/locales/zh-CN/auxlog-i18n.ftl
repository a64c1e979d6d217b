# 解析 TOML 文件时发现的问题
toml-unknown-key = 没有“{ $name }”这一项；可以写的有：{ $known }
toml-missing-key = 缺少“{ $name }”这一项
toml-type = { $wanted ->
        [text] 这里要写文字，用引号括起来
        [truth] 这里要写 true 或 false
        [number] 这里要写一个合适的整数
        [list] 这里要写一个列表，用 [ ] 括起来
        [table] 这里要写一组“名称 = 值”
       *[other] 这里的值不对（要求：{ $must }）
    }{ $found ->
        [text] ，写的却是文字
        [truth] ，写的却是 true 或 false
        [number] ，写的却是数字
        [list] ，写的却是列表
        [table] ，写的却是一组“名称 = 值”
       *[other] ，写的是 { $value }
    }
toml-writing = { $fault ->
        [twice] 同一项写了两次
        [no-value] 这一项后面没有“= 值”
        [unquoted] 文字要用引号括起来
        [unclosed] 括号或引号没有闭合
       *[other] { $said }
    }
toml-other = 不合 TOML 语法（解析器原话：{ $said }）
