{{ staged_exports('customs', 'hs_chapters', hs_chapter('cells.category_code')) }}
