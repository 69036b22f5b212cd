select
    classification,
    category_code,
    name_en,
    name_zh
from {{ ref('product_categories') }}
