select
    'marketisation_index' as indicator_id,
    'marketisation_index' as provides,
    'itself' as use,
    'compiled' as source_id,
    '第三方整理数据' as source_title_zh,
    'Compilations' as source_title_en,
    3 as authority,
    12 as release_month,
    'Any table' as table_title,
    'long table' as layout,
    'landing/compiled/<edition>/' as folder,
    'CSV' as file_kinds,
    cast(null as varchar) as note
