"""Everything between HTTP and the rooms: access, headers, errors as pages, navigation, formatting, the page cache."""
